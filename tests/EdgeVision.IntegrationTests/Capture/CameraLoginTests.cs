using EdgeVision.Frames;
using EdgeVision.Module;
using EdgeVision.Module.Commands;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class CameraLoginTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_password_comes_from_the_environment_and_not_into_the_version_of_the_configuration()
    {
        var with = Load("rtsp://me@host/s", "", ("EDGEVISION__CAMERAS__DOOR__PASSWORD", "hunter2"));
        var other = Load("rtsp://me@host/s", "", ("EDGEVISION__CAMERAS__DOOR__PASSWORD", "hunter3"));

        Assert.Equal("hunter2", with.Options.Cameras["door"].Login.Find());
        Assert.Equal(with.Version, other.Version);
        Assert.DoesNotContain("hunter2", with.Options.Cameras["door"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_comes_from_a_file_each_time_anew()
    {
        var path = _folder.Write("secret", "one\r\ntwo"u8);
        var login = Load("rtsp://me@host/s", ", \"PasswordFile\": \"secret\"").Options.Cameras["door"].Login;

        Assert.Equal("one", login.Find());
        _folder.Write("secret", "three"u8);
        Assert.Equal("three", login.Find());
        _folder.Write("secret", "\n"u8);
        Sentence.IsOne(Assert.Throws<CaptureException>(login.Find).Message, path);
        File.Delete(path);
        Sentence.IsOne(Assert.Throws<CaptureException>(login.Find).Message, path);
    }

    [Fact]
    public void An_address_with_a_password_is_welcome_from_the_environment_alone()
    {
        var settings = Load("test:pattern", "", ("EDGEVISION__CAMERAS__DOOR__URI", "rtsp://me:hunter2@host/s"));

        Assert.Equal("rtsp://me:hunter2@host/s", settings.Options.Cameras["door"].Uri);
        Assert.Equal(Load("test:pattern", "").Options.Cameras["door"].Login, settings.Options.Cameras["door"].Login);
        Assert.Contains("leave the user alone in it (rtsp://user@host/…)", Refused("rtsp://me:hunter2@host/s", ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtsp://me@host/s", ", \"Password\": \"hunter2\"", "a secret stands in the configuration; put it into a file and name that in PasswordFile")]
    [InlineData("rtsp://host/s", ", \"PasswordFile\": \"f\"", "names no user, but a password is set")]
    [InlineData("test:pattern", ", \"PasswordFile\": \"f\"", "names no user, but a password is set")]
    public void Mistakes_are_told_without_the_password(string uri, string more, string says) => Assert.Contains(says, Refused(uri, more), StringComparison.Ordinal);

    [Fact]
    public void Two_passwords_are_one_too_many() =>
        Assert.Contains("keep one of them", Refused("rtsp://me@host/s", ", \"PasswordFile\": \"f\"", ("EDGEVISION__CAMERAS__DOOR__PASSWORD", "hunter2")), StringComparison.Ordinal);

    private string Refused(string uri, string more, params (string, string)[] environment)
    {
        var message = Assert.Throws<CommandException>(() => Load(uri, more, environment)).Message;
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        return message;
    }

    private Settings Load(string uri, string more, params (string Name, string Value)[] environment)
    {
        var config = _folder.Write("node.json", System.Text.Encoding.UTF8.GetBytes($$"""{ "EdgeVision": { "Cameras": { "door": { "Uri": "{{uri}}"{{more}} } } } }"""));
        return Settings.Load(new NodeRequest { Config = config }, environment.Select(e => KeyValuePair.Create(e.Name, e.Value)));
    }
}
