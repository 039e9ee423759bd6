using CsCheck;
using EdgeVision.Capture;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class CameraUriMaskTests
{
    private const string Password = "S3cr3tHunter";

    public static TheoryData<string, string, string> Masks => new()
    {
        // row, URI, as shown
        { "user and password", "rtsp://user:pw@host/stream", "rtsp://***@host/stream" },
        { "user", "rtsp://user@host/stream", "rtsp://***@host/stream" },
        { "password with an at sign", "rtsp://user:p@w@host/stream", "rtsp://***@host/stream" },
        { "password with slash and question mark", "rtsp://user:p/w?x@host/stream", "rtsp://***@host/stream" },
        { "one slash too many", "rtsp:///user:pw@host/stream", "rtsp:///***@host/stream" },
        { "colon forgotten", "rtsp//user:pw@host/stream", "***@host/stream" },
        { "scheme forgotten", "user:pw@host/stream", "user:***@host/stream" },
        { "only slashes", "//token@host/stream", "//***@host/stream" },
        { "token in the query", "http://host/mjpg?size=2&access_token=abc/d=&n=1", "http://host/mjpg?size=2&access_token=***&n=1" },
        { "token with an at sign", "rtsp://u:p@host/s?token=ab@cd", "rtsp://***" },
        { "percent-encoded key", "http://host/?API%4Bey=abc", "http://host/?API%4Bey=***" },
        { "password in the path", "rtsp://host/user=admin&password=a/b&channel=1", "rtsp://host/user=***&password=***&channel=1" },
        { "nothing to hide", "rtsp://host:554/stream?channel=1", "rtsp://host:554/stream?channel=1" },
        { "a path with an at sign", "file:///media/door@night.mjpeg", "file:///media/door@night.mjpeg" },
        { "a path with two slashes", "dir:media//door@night?fps=2", "dir:media//door@night?fps=2" },
        { "a path with an equals sign", "file:/data/key=7&user=x/clip.mjpeg", "file:/data/key=7&user=x/clip.mjpeg" },
        { "a device", "v4l2:///dev/v4l/by-id/usb@1", "v4l2:///dev/v4l/by-id/usb@1" },
        { "a host where a path belongs", "file://user:pw@host/clip.mjpeg", "file://***@host/clip.mjpeg" },
        { "another address where a path belongs", "file:rtsp://user:pw@host/stream", "file:rtsp://***@host/stream" },
        { "secret of a path", "file:clip.mjpeg?token=abc&fps=5", "file:clip.mjpeg?token=***&fps=5" },
        { "slashes forgotten", "rtsp:user:pw@host/stream", "rtsp:***@host/stream" },
        { "a colon, a slash, a question mark and an at sign", "rtsp://a:p@ss/w?r:d@host/x", "rtsp://***@host/x" },
        { "key in capitals, fragment", "http://host/x?fps=3&API_KEY=abc#x", "http://host/x?fps=3&API_KEY=***" },
        { "password with an ampersand", "http://host/x?password=a&b&fps=3", "http://host/x?password=***&***&fps=3" },
        { "password with an ampersand and an equals sign", "http://host/x?password=a&=b&fps=3", "http://host/x?password=***&***&fps=3" },
        { "password with a semicolon", "http://host/x?X-Amz-Signature=abc;y=1", "http://host/x?X-Amz-Signature=***" },
        { "at sign before a secret", "http://host/x?mail=a@b&token=zz", "http://***@b&token=***" },
        { "credentials", "http://host/x?credentials=abc", "http://host/x?credentials=***" },
        { "no scheme", "user@host", "***@host" },
        { "the test pattern", "test:pattern?width=640", "test:pattern?width=640" },
        { "nothing", "", "" },
        { "line break", "file:a\nb", "file:a?b" },
    };

    [Theory]
    [MemberData(nameof(Masks))]
    public void Credentials_are_hidden_and_the_rest_is_shown(string row, string text, string shown) => Assert.Equal((row, shown), (row, CameraUriMask.Apply(text)));

    private static readonly Gen<string> Noise = Gen.String[Gen.Char["abcXYZ019:/?#&=;@%+. ö\\"], 0, 12];

    [Fact]
    public void No_text_with_a_password_before_the_host_shows_it() =>
        Gen.Select(OneOf("rtsp://", "http://", "rtsp:", "v4l2://", "ftp://", "", "file://"), Noise, Noise, Noise).Sample(
            // The password lies between the scheme and an '@', with noise around it that may hold anything, further '@' too.
            (scheme, before, after, host) => AssertHidden($"{scheme}u:{before.Replace(':', '.')}{Password}{after}@{host}"),
            iter: 10_000);

    [Fact]
    public void No_text_with_a_password_in_its_query_shows_it() =>
        Gen.Select(
            OneOf("rtsp://host/x", "file:clip.mjpeg", "dir:///p", "test:pattern", "host", "http://u@h"),
            OneOf("?", "?fps=3&", "?a=1;", "?x?"),
            OneOf("password", "Token", "api_key", "sig", "client-secret", "pass%77ord", "sharedAccessKey"),
            Gen.String[Gen.Char["abcXYZ019:/@%+. ö"], 0, 8],
            Noise).Sample(
            (start, separator, key, before, after) => AssertHidden($"{start}{separator}{key}={before}{Password}{after}"),
            iter: 10_000);

    [Fact]
    public void No_camera_URI_shows_user_or_token_wherever_they_stand()
    {
        var secret = Gen.Char["abcXYZ019:/?#[]@!$'()*+,;=%. -_~"].Array[6, 20].Select(c => "S" + new string(c) + "T");
        var scheme = OneOf("rtsp", "rtsps", "http", "https", "RTSP", "opencv", "ftp", "file", "dir");
        var key = OneOf("token", "access_token", "password", "PWD", "apikey", "sig", "authorization", "client-secret");
        Gen.Select(scheme, secret, secret, key).Sample(
            (s, password, token, k) =>
            {
                var text = $"{s}://user:{password}@host/stream?{k}={token}&fps=2";
                var read = CameraUri.TryParse(text, "/srv", out var uri, out var error);
                var said = read ? uri!.ToString() : error!;
                return !said.Contains(password, StringComparison.OrdinalIgnoreCase) && !said.Contains(token, StringComparison.OrdinalIgnoreCase)
                    && !said.Contains(password[1..^1], StringComparison.Ordinal) && !said.Contains(token[1..^1], StringComparison.Ordinal);
            },
            iter: 20_000, seed: "0000KvbHbbN3");
    }

    [Fact]
    public async Task A_hostile_text_is_masked_in_time_that_grows_with_its_length()
    {
        string[] hostile = ["/", "?", "?pass", "&key=", "//@", ":", "=", "?pass="];
        foreach (var piece in hostile)
        {
            var text = string.Concat(Enumerable.Repeat(piece, 500_000));
            await Task.Run(() => CameraUri.TryParse(text, "/srv", out _, out _), TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            await Task.Run(() => CameraUriMask.Apply(text), TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }
    }

    private static void AssertHidden(string uri)
    {
        Assert.DoesNotContain(Password, CameraUriMask.Apply(uri), StringComparison.OrdinalIgnoreCase);
        if (!CameraUri.TryParse(uri, "/srv", out var parsed, out var error)) Assert.DoesNotContain(Password, error, StringComparison.OrdinalIgnoreCase);
        else Assert.DoesNotContain(Password, parsed.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
