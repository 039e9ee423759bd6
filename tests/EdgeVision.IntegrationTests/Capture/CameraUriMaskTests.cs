using CsCheck;
using EdgeVision.Capture;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class CameraUriMaskTests
{
    private const string Password = "S3cr3tHunter";

    public static TheoryData<string, string> Uris => new()
    {
        { "rtsp://admin:pw@host:554/stream", "rtsp://***@host:554/stream" },
        { "rtsp://user@host/stream", "rtsp://***@host/stream" },
        { "rtsp:user:pw@host/stream", "rtsp:***@host/stream" },
        { "user:pw@host", "user:***@host" },
        { "rtsp://a:p@ss/w?r:d@host/x", "rtsp://***@host/x" },
        { "http://host/x?token=abc&fps=3", "http://host/x?token=***&fps=3" },
        { "http://host/x?fps=3&API_KEY=abc#x", "http://host/x?fps=3&API_KEY=***#***" },
        { "http://host/x?pa%73sword=abc", "http://host/x?pa%73sword=***" },
        { "http://host/x?password=a&b&fps=3", "http://host/x?password=***&***&fps=3" },
        { "http://host/x?X-Amz-Signature=abc;y=1", "http://host/x?X-Amz-Signature=***;y=1" },
        { "http://host/x?mail=a@b&token=zz", "http://***@b&token=***" },
        { "file:///data/a@b.mjpeg?fps=3", "file:///data/a@b.mjpeg?fps=3" },
        { "file:key=1/clip.mjpeg", "file:key=1/clip.mjpeg" },
        { "file://user:pw@nas/clip.mjpeg", "file://***@nas/clip.mjpeg" },
        { "test:pattern?width=640", "test:pattern?width=640" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Uris))]
    public void Credentials_are_hidden_and_the_rest_is_shown(string uri, string shown) => Assert.Equal(shown, CameraUriMask.Apply(uri));

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

    private static void AssertHidden(string uri)
    {
        Assert.DoesNotContain(Password, CameraUriMask.Apply(uri), StringComparison.OrdinalIgnoreCase);
        if (!CameraUri.TryParse(uri, "/srv", out var parsed, out var error)) Assert.DoesNotContain(Password, error, StringComparison.OrdinalIgnoreCase);
        else Assert.DoesNotContain(Password, parsed.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
