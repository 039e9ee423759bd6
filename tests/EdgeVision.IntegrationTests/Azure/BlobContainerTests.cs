using System.Security.Cryptography;
using EdgeVision.Azure.Blobs;
using EdgeVision.Configuration;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class BlobContainerTests : IDisposable
{
    private static readonly byte[] Picture = [0xFF, 0xD8, 1, 2, 3];

    private readonly BlobContainer _container = new(TimeProvider.System);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _container.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Put Blob of the REST API, with the signature of the file as the query.</summary>
    [Fact]
    public async Task A_picture_is_one_request_as_the_service_asks_for_it()
    {
        using var server = BlobReceiver.Start(_ => (201, null));
        var sas = _folder.Write("sas", "?sv=2021-12-02&sp=c&sig=abc%3D\nmore\n"u8);

        Assert.Equal(new BlobAnswer(BlobOutcome.Stored, null), await _container.PutAsync(Options(server, sas), "press-4/door/2026-11-23/a b.jpg", Picture, "image/jpeg", Stop));

        var put = Assert.Single(server.Requests);
        Assert.Equal(("PUT", "/account/evidence/press-4/door/2026-11-23/a%20b.jpg", "?sv=2021-12-02&sp=c&sig=abc%3D"), (put.Method, put.Path, put.Query));
        Assert.Equal(Picture, put.Body);
#pragma warning disable CA5351 // The protocol's own.
        var md5 = Convert.ToBase64String(MD5.HashData(Picture));
#pragma warning restore CA5351
        Assert.Equal(
            ["BlockBlob", "2021-12-02", "*", "image/jpeg", md5, "5"],
            new[] { "x-ms-blob-type", "x-ms-version", "If-None-Match", "Content-Type", "Content-MD5", "Content-Length" }.Select(h => put.Headers[h]));
    }

    public static TheoryData<int, string?, BlobOutcome, string?> Answers => new()
    {
        { 409, "BlobAlreadyExists", BlobOutcome.Stored, null },
        { 403, "AuthenticationFailed", BlobOutcome.Later, "renew the signature (Evidence:Upload:SasFile)" },
        { 401, null, BlobOutcome.Later, "renew the signature" },
        { 404, "ContainerNotFound", BlobOutcome.Later, "has no container 'account/evidence'" },
        { 409, "ContainerBeingDeleted", BlobOutcome.Later, "409, ContainerBeingDeleted" },
        { 413, "RequestBodyTooLarge", BlobOutcome.Refused, "413" },
        { 400, "Md5Mismatch", BlobOutcome.Refused, "Md5Mismatch" },
        { 429, null, BlobOutcome.Later, "429" },
        { 503, "ServerBusy", BlobOutcome.Later, "503, ServerBusy" },
        { 302, null, BlobOutcome.Later, "302" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Each_answer_means_something(int status, string? error, BlobOutcome outcome, string? said)
    {
        using var server = BlobReceiver.Start(_ => (status, error));
        var answer = await _container.PutAsync(Options(server), "a.jpg", Picture, "image/jpeg", Stop);
        Assert.Equal(outcome, answer.Outcome);
        if (said is null) Assert.Null(answer.Reason);
        else Assert.Contains(said, answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_a_file_that_is_gone_and_silence_are_later_and_no_signature_is_told()
    {
        using var server = BlobReceiver.Start(_ => (403, "sig"));
        var gone = Options(server, _folder.PathOf("nothing"));
        Assert.Equal(BlobOutcome.Later, (await _container.PutAsync(gone, "a.jpg", Picture, "image/jpeg", Stop)).Outcome);
        var silent = Options(server) with { Container = new Uri($"http://127.0.0.1:{Mqtt.Mosquitto.FreePort()}/c"), Sas = "sig=topsecret" };
        var answer = await _container.PutAsync(silent, "a.jpg", Picture, "image/jpeg", Stop);
        Assert.Equal(BlobOutcome.Later, answer.Outcome);
        Assert.Contains("cannot be reached", answer.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", answer.Reason + silent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.blob.core.windows.net/evidence", null)]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/evidence", null)]
    [InlineData("http://example.org/evidence", "is not https")]
    [InlineData("https://a.blob.core.windows.net/evidence?sig=abc", "put what stands behind the ? into SasFile")]
    [InlineData("https://a.blob.core.windows.net/", "names no container")]
    [InlineData("evidence", "is no address")]
    public void Addresses_are_checked_at_the_start(string url, string? expected)
    {
        var tree = ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes($$$"""{"EdgeVision":{"Container":"{{{url}}}"} }"""), "test", "/", out var error) ?? throw new InvalidOperationException(error);
        var (_, mistakes) = OptionsReading.Read(tree, BlobOptions.Read);
        if (expected is null) Assert.Empty(mistakes);
        else Assert.Contains(expected, Assert.Single(mistakes).Text, StringComparison.Ordinal);
    }

    private static BlobOptions Options(BlobReceiver server, string? sasFile = null) => new(server.Container, null, sasFile, TimeSpan.FromSeconds(20));
}
