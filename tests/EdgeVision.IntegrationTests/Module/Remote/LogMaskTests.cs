using System.Diagnostics;
using EdgeVision.Module.Remote;

namespace EdgeVision.IntegrationTests.Module.Remote;

public sealed class LogMaskTests
{
    [Theory]
    [InlineData("Camera door runs: rtsp://admin:1234@10.0.0.7:554/live.", "Camera door runs: rtsp://***@10.0.0.7:554/live.")]
    [InlineData("'http://u:p/a?s@s@h/x?y=1' failed", "'http://***@h/x?y=1' failed")]
    [InlineData("mqtts://user@host", "mqtts://***@host")]
    [InlineData("A long line that was cut within rtsp://admin:hunt…", "A long line that was cut within rtsp://***…")]
    [InlineData("GET /snap.cgi?user=admin&pass=hunter2&x=1: 401, bypass: 3", "GET /snap.cgi?user=admin&pass=***&x=1: 401, bypass: 3")]
    [InlineData("http://h/video?auth=YWRtaW46eA==&channel=1", "http://h/video?auth=***&channel=1")]
    [InlineData("HostName=h;DeviceId=d;SharedAccessKey=AbC+/dEf==;GatewayHostName=g", "HostName=h;DeviceId=d;SharedAccessKey=***;GatewayHostName=g")]
    [InlineData("AccountKey=abc==;BlobEndpoint=https://x", "AccountKey=***;BlobEndpoint=https://x")]
    [InlineData("SharedAccessSignature sr=hub%2Fdevices%2Fd&sig=aB%2B%3D&se=1700000000", "SharedAccessSignature ***")]
    [InlineData("GET /c/b?sv=2024&sig=aBcD%3D&se=5", "GET /c/b?sv=2024&sig=***&se=5")]
    [InlineData("Authorization: Bearer eyJhbGciOi.eyJzdWIi.SflKxw", "Authorization: *** ***")]
    [InlineData("""{"user":"a","password":"hunter 2\" x","n":1}""", """{"user":"a","password":***,"n":1}""")]
    [InlineData("--password 'x' password='it is' pwd: abc", "--password 'x' password=*** pwd: ***")]
    [InlineData("API-Key=12 api_key:34 client_secret=56, token=78.", "API-Key=*** api_key:*** client_secret=***, token=***")]
    [InlineData("The hub's token ends at 2026-11-23; PasswordFile '/run/pw' is read.", "The hub's token ends at 2026-11-23; PasswordFile '/run/pw' is read.")]
    [InlineData("Frame 12 of file:///data/clip.mjpeg was skipped: 3 > 2.", "Frame 12 of file:///data/clip.mjpeg was skipped: 3 > 2.")]
    public void Credentials_are_masked_and_the_rest_stays(string text, string masked) => Assert.Equal(masked, LogMask.Apply(text));

    [Fact]
    public void A_line_that_is_made_to_be_slow_is_not()
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var text in (string[])[string.Concat(Enumerable.Repeat("a://", 500)), new string('a', 2000), string.Concat(Enumerable.Repeat("token=", 333)), "password=\"" + new string('\\', 1990)])
            for (var i = 0; i < 100; i++) LogMask.Apply(text);

        // 400 lines of 2000 characters; quadratic work is still bounded by that length.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 20);
    }
}
