using System.Diagnostics;
using EdgeVision.Azure.Identity;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class SasTokenTests
{
    private const string Secret = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", Key = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=";

    [Fact]
    public async Task A_token_is_what_openssl_signs()
    {
        Mqtt.Mosquitto.Require("openssl", "openssl");
        Assert.True(SymmetricKey.TryParse(Key, out var key));
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        var identity = new HubIdentity("plant.azure-devices.net", "dev1", "vision", "edge-7");

        var (token, error) = await SasToken.CreateAsync(identity, key!, TimeSpan.FromHours(1), time, TestContext.Current.CancellationToken);

        Assert.Null(error);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_800_003_600), token!.Expires);
        var signed = "plant.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fvision\n1800003600";
        var digest = await OpenSslHmacAsync(signed);
        Assert.Equal($"SharedAccessSignature sr=plant.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fvision&sig={Uri.EscapeDataString(digest)}&se=1800003600", token.Text);
        Assert.Equal("SAS token until 2027-01-15T09:00:00Z", token.ToString());
    }

    private static async Task<string> OpenSslHmacAsync(string text)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["dgst", "-sha256", "-hmac", Secret, "-binary"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await openssl.StandardInput.WriteAsync(text);
        openssl.StandardInput.Close();
        using var digest = new MemoryStream();
        await openssl.StandardOutput.BaseStream.CopyToAsync(digest, TestContext.Current.CancellationToken);
        return Convert.ToBase64String(digest.ToArray());
    }
}
