using EdgeVision.Azure.Identity;
using EdgeVision.Frames;
using EdgeVision.IntegrationTests.Simulator;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>Passwords at rest, by the simulated runtime's cipher.</summary>
public sealed class EncryptedTextTests
{
    private const string Prefix = CameraLogin.EncryptedPrefix;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_encrypted_comes_back_and_twice_is_never_the_same()
    {
        await using var hub = await Simulated.StartAsync();
        using var login = EdgeEnvironment.Read(hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value), TimeProvider.System, out _)!;
        var (first, _) = await EncryptedText.EncryptAsync(login.Workload!, "s€cret:1", Prefix, Stop);
        var (second, _) = await EncryptedText.EncryptAsync(login.Workload!, "s€cret:1", Prefix, Stop);

        Assert.NotEqual(first, second);
        Assert.DoesNotContain("cret", first, StringComparison.Ordinal);
        Assert.Equal(("s€cret:1", null), await EncryptedText.DecryptAsync(login.Workload!, first!, Prefix, Stop));

        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            var damaged = first!.ToCharArray();
            damaged[random.Next(damaged.Length)] = (char)random.Next(32, 127);
            var (text, error) = await EncryptedText.DecryptAsync(login.Workload!, new string(damaged), Prefix, Stop);
            // CBC has no checksum: a flipped bit may come back as another text, but never as an exception.
            Assert.True(text is null != error is null);
        }
    }

    [Fact]
    public void A_camera_without_the_runtime_says_what_would_read_its_file()
    {
        using var folder = new TempFolder();
        var path = folder.Write("p", "edgevision-encrypted:v1:AAAA:AAAA\n"u8);
        var login = new CameraLogin(null, path);

        Assert.Contains("only the IoT Edge runtime", Assert.Throws<CaptureException>(login.Find).Message, StringComparison.Ordinal);
        Assert.Equal("secret", (login with { Decrypt = _ => ("secret", null) }).Find());
        Assert.Contains("It is damaged.", Assert.Throws<CaptureException>((login with { Decrypt = _ => (null, "It is damaged.") }).Find).Message, StringComparison.Ordinal);
    }
}
