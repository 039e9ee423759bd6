using System.Security.Cryptography;
using EdgeVision.Module.Rollout;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Rollout;

public sealed class ModelDownloadTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _file = new byte[300_000];

    public ModelDownloadTests()
    {
        new Random(1).NextBytes(_file);
        "PK\u0003\u0004"u8.CopyTo(_file);
    }

    private string Sum => Convert.ToHexStringLower(SHA256.HashData(_file));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_arrives_under_its_name_with_its_sum_and_its_progress()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file));
        var seen = new Seen();
        var result = await Download().FetchAsync(server.Url, Sum.ToUpperInvariant(), seen, Stop);
        Assert.Null(result.Error);
        Assert.Equal(("toy-1.evmodel", Sum), (Path.GetFileName(result.Path), result.Sha256));
        Assert.Equal(_file, await File.ReadAllBytesAsync(result.Path!, Stop));
        Assert.Equal(new DownloadProgress(_file.Length, _file.Length), seen.Last);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(result.Path!)!));
    }

    [Fact]
    public async Task What_is_no_archive_is_taken_for_a_bare_model()
    {
        _file[0] = 8;
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file));
        Assert.Equal("toy-1.onnx", Path.GetFileName((await Download().FetchAsync(server.Url, null, null, Stop)).Path));
    }

    [Fact]
    public async Task A_cut_connection_is_continued_where_it_broke()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file, cutAfter: 100_000), ModelServer.File(_file, cutAfter: 100_000), ModelServer.File(_file));
        var result = await Download().FetchAsync(server.Url, Sum, null, Stop);
        Assert.Null(result.Error);
        Assert.Equal(_file, await File.ReadAllBytesAsync(result.Path!, Stop));
        var asked = server.Requests.ToArray();
        Assert.Null(asked[0].Range);
        Assert.All(asked[1..], static a => Assert.Equal("\"v1\"", a.IfRange));
        Assert.Contains(asked, static a => a.Range is not null and not "bytes=0-");
    }

    [Fact]
    public async Task A_stalled_connection_is_given_up_and_continued()
    {
        var (time, stalled) = (new FakeTimeProvider(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var server = await ModelServer.StartAsync(ModelServer.Stall(_file, 50_000, stalled), ModelServer.File(_file));
        var half = new Seen(50_000);
        var fetching = Download(time: time).FetchAsync(server.Url, Sum, half, Stop);
        await stalled.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await half.Reached.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(fetching.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null((await fetching.WaitAsync(TimeSpan.FromSeconds(30), Stop)).Error);
        Assert.Equal("bytes=50000-", server.Requests.Last().Range);
    }

    [Fact]
    public async Task What_an_earlier_process_brought_is_continued()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file, cutAfter: 100_000), ModelServer.Status(503), ModelServer.Status(503), ModelServer.File(_file));
        Assert.Contains("in a row without a byte: 127.0.0.1 answered 503. Try again later; 100000 bytes are kept.", (await Download(attempts: 3).FetchAsync(server.Url, null, null, Stop)).Error, StringComparison.Ordinal);
        var result = await Download().FetchAsync(new Uri(server.Url.AbsoluteUri.Replace("SECRET", "ANOTHER", StringComparison.Ordinal)), null, null, Stop);
        Assert.Equal(_file, await File.ReadAllBytesAsync(result.Path!, Stop));
        Assert.Equal("bytes=100000-", server.Requests.Last().Range);
    }

    [Fact]
    public async Task A_part_of_another_version_is_thrown_away()
    {
        var older = new byte[200_000];
        await using var server = await ModelServer.StartAsync(ModelServer.File(older, "\"v0\"", cutAfter: 100_000), ModelServer.File(_file));
        var result = await Download().FetchAsync(server.Url, Sum, null, Stop);
        Assert.Null(result.Error);
        Assert.Equal(_file, await File.ReadAllBytesAsync(result.Path!, Stop));
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData(null)]
    public async Task Without_a_strong_version_a_cut_download_begins_again(string? etag)
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file, etag, cutAfter: 100_000), ModelServer.File(_file, etag));
        Assert.Null((await Download().FetchAsync(server.Url, Sum, null, Stop)).Error);
        Assert.All(server.Requests, static a => Assert.Null(a.Range));
    }

    [Fact]
    public async Task A_part_that_the_disk_spoilt_is_found_out_and_fetched_again()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file, cutAfter: 100_000), ModelServer.Status(503), ModelServer.File(_file));
        await Download(attempts: 2).FetchAsync(server.Url, Sum, null, Stop);
        var part = Assert.Single(Directory.GetFiles(_folder.Path, ".part", SearchOption.AllDirectories));
        var bytes = await File.ReadAllBytesAsync(part, Stop);
        Assert.NotEmpty(bytes);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(part, bytes, Stop);
        var result = await Download().FetchAsync(server.Url, Sum, null, Stop);
        Assert.Null(result.Error);
        Assert.Equal(_file, await File.ReadAllBytesAsync(result.Path!, Stop));
    }

    [Fact]
    public async Task A_note_that_is_broken_costs_the_part_and_nothing_more()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file, cutAfter: 100_000), ModelServer.Status(503), ModelServer.File(_file));
        await Download(attempts: 2).FetchAsync(server.Url, null, null, Stop);
        await File.WriteAllTextAsync(Assert.Single(Directory.GetFiles(_folder.Path, ".note.json", SearchOption.AllDirectories)), "{ \"validator\": 7, \"synced\": -1", Stop);
        Assert.Equal(_file, await File.ReadAllBytesAsync((await Download().FetchAsync(server.Url, null, null, Stop)).Path!, Stop));
        Assert.Null(server.Requests.Last().Range);
    }

    [Fact]
    public async Task A_whole_part_is_asked_for_and_not_fetched_again()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file));
        var first = await Download().FetchAsync(server.Url, null, null, Stop);
        File.Move(first.Path!, Path.Combine(Path.GetDirectoryName(first.Path!)!, ".part"));
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(first.Path!)!, ".note.json"), $$"""{"validator":"\"v1\"","total":{{_file.Length}},"synced":{{_file.Length}}}""", Stop);
        Assert.Equal(Sum, (await Download().FetchAsync(server.Url, Sum, null, Stop)).Sha256);
        Assert.Equal($"bytes={_file.Length}-", server.Requests.Last().Range);
    }

    [Fact]
    public async Task A_continuation_at_another_place_is_not_appended()
    {
        await using var server = await ModelServer.StartAsync(
            ModelServer.File(_file, cutAfter: 100_000),
            async context =>
            {
                context.Response.StatusCode = 206;
                context.Response.Headers.ContentRange = $"bytes 0-9/{_file.Length}";
                await context.Response.Body.WriteAsync(_file.AsMemory(0, 10));
            },
            ModelServer.File(_file));
        Assert.Equal(Sum, (await Download().FetchAsync(server.Url, null, null, Stop)).Sha256);
    }

    [Fact]
    public async Task Another_sum_is_told_and_the_file_is_gone()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file));
        var error = (await Download().FetchAsync(server.Url, new string('0', 64), null, Stop)).Error;
        Assert.Contains($"has the sha256 {Sum}, {new string('0', 64)} was expected", error, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(_folder.Path, ".part", SearchOption.AllDirectories), static f => Assert.Equal(0, new FileInfo(f).Length));
    }

    [Theory]
    [InlineData(404, "answered 404, a file was expected")]
    [InlineData(403, "may not be read (403)")]
    [InlineData(401, "may not be read (401)")]
    [InlineData(500, "127.0.0.1 answered 500.")]
    [InlineData(204, "answered 204, a file was expected")]
    public async Task A_failure_is_one_sentence_without_the_signature(int code, string expected)
    {
        await using var server = await ModelServer.StartAsync(ModelServer.Status(code));
        var log = new Lines();
        var result = await Download(attempts: 2, log: log).FetchAsync(server.Url, null, null, Stop);
        var error = result.Error;
        Assert.Equal(code == 500, result.IsTemporary);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("/fleet/toy-1.evmodel?…'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error + string.Join('\n', log.Said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_is_allowed_is_refused_told_or_not(bool told)
    {
        await using var server = await ModelServer.StartAsync(async context =>
        {
            if (told) context.Response.ContentLength = _file.Length;
            await context.Response.Body.WriteAsync(_file);
        });
        Assert.Contains("250000 bytes are taken at most", (await Download(maxBytes: 250_000).FetchAsync(server.Url, null, null, Stop)).Error, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(_folder.Path, ".part", SearchOption.AllDirectories), static f => Assert.Equal(0, new FileInfo(f).Length));
    }

    [Fact]
    public async Task A_redirect_is_followed_with_the_place_to_continue_at()
    {
        await using var target = await ModelServer.StartAsync(ModelServer.File(_file, cutAfter: 100_000), ModelServer.File(_file));
        await using var server = await ModelServer.StartAsync(ModelServer.Status(302, ("Location", target.Url.AbsoluteUri)));
        Assert.Null((await Download().FetchAsync(server.Url, Sum, null, Stop)).Error);
        Assert.StartsWith("bytes=", target.Requests.Last().Range, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.com/x?sig=SECRET", "is not encrypted and leaves this machine")]
    [InlineData("ftp://example.com/x", "is no address of a model")]
    [InlineData("file:///etc/passwd", "is no address of a model")]
    [InlineData("https://user:SECRET@example.com/x", "holds a user or password")]
    [InlineData("/fleet/toy-1.evmodel", "points elsewhere more than 5 times")]
    [InlineData(null, "without saying where to")]
    public async Task A_redirect_to_where_it_is_not_safe_is_not_followed(string? location, string expected)
    {
        await using var server = await ModelServer.StartAsync(location is null ? ModelServer.Status(302) : ModelServer.Status(302, ("Location", location)));
        var error = (await Download().FetchAsync(server.Url, null, null, Stop)).Error;
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.com/x.evmodel?sig=SECRET", "is not encrypted")]
    [InlineData("https://user:SECRET@example.com/x.evmodel", "holds a user or password")]
    [InlineData("file:///etc/passwd", "is no address of a model")]
    public async Task An_address_that_is_not_safe_is_not_asked(string address, string expected)
    {
        var error = (await Download().FetchAsync(new Uri(address), null, null, Stop)).Error;
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encoding_that_was_not_asked_for_is_refused()
    {
        await using var server = await ModelServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(_file);
        });
        Assert.Contains("is sent with the encoding gzip", (await Download().FetchAsync(server.Url, null, null, Stop)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_takes_too_long_ends_and_is_kept()
    {
        var (time, stalled) = (new FakeTimeProvider(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var server = await ModelServer.StartAsync(ModelServer.Stall(_file, 50_000, stalled));
        var half = new Seen(50_000);
        var limits = new DownloadLimits { MaxBytes = 1_000_000, WholeTime = TimeSpan.FromSeconds(10) };
        var fetching = new ModelDownload(_folder.Path, limits, time, NullLogger.Instance).FetchAsync(server.Url, Sum, half, Stop);
        await half.Reached.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Contains("was not whole after 10 s", (await fetching.WaitAsync(TimeSpan.FromSeconds(30), Stop)).Error, StringComparison.Ordinal);
        Assert.Equal(50_000, new FileInfo(Assert.Single(Directory.GetFiles(_folder.Path, ".part", SearchOption.AllDirectories))).Length);
    }

    [Fact]
    public async Task One_at_a_time_fetches_an_address_into_a_folder()
    {
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ModelServer.StartAsync(ModelServer.Stall(_file, 50_000, stalled));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var first = Download().FetchAsync(server.Url, Sum, null, stop.Token);
        await stalled.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Contains("is being downloaded by another edgevision", (await Download().FetchAsync(server.Url, Sum, null, Stop)).Error, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(TimeSpan.FromSeconds(30), Stop));
    }

    [Fact]
    public async Task A_server_that_nobody_reaches_is_told_by_its_name()
    {
        var error = (await Download(attempts: 2).FetchAsync(new Uri("http://127.0.0.1:1/toy.evmodel?sig=SECRET"), null, null, Stop)).Error;
        Assert.Contains("was tried 2 times in a row without a byte: 127.0.0.1: Connection refused", error, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_a_server_does_the_file_is_right_or_there_is_a_sentence()
    {
        var other = new byte[280_000];
        var random = new Random(11);
        var (whole, failed) = (0, 0);
        for (var i = 0; i < 60; i++)
        {
            var behaviours = Enumerable.Range(0, random.Next(1, 7)).Select(_ => Behaviour(random, other)).Append(random.Next(3) == 0 ? ModelServer.Status(500) : ModelServer.File(_file)).ToArray();
            await using var server = await ModelServer.StartAsync(behaviours);
            var result = await Download(attempts: 4).FetchAsync(server.Url, Sum, null, Stop);
            if (result.Path is { } path) Assert.Equal(_file, await File.ReadAllBytesAsync(path, Stop));
            else Assert.EndsWith(".", result.Error, StringComparison.Ordinal);
            (whole, failed) = result.Path is null ? (whole, failed + 1) : (whole + 1, failed);
        }

        Assert.InRange(whole, 10, 59);
        Assert.InRange(failed, 1, 50);
    }

    [Fact]
    public async Task Parts_that_nobody_continued_for_a_week_go()
    {
        await using var server = await ModelServer.StartAsync(ModelServer.File(_file, cutAfter: 100_000), ModelServer.Status(503), ModelServer.Status(404));
        await Download(attempts: 2).FetchAsync(server.Url, null, null, Stop);
        var part = Assert.Single(Directory.GetDirectories(_folder.Path));
        await Download(time: new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(0) + (File.GetLastWriteTimeUtc(Path.Combine(part, ".part")) - DateTime.UnixEpoch) + TimeSpan.FromDays(6.9))).FetchAsync(new Uri("ftp://x/y"), null, null, Stop);
        Assert.True(Directory.Exists(part));
        await Download(time: new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(0) + (File.GetLastWriteTimeUtc(Path.Combine(part, ".note.json")) - DateTime.UnixEpoch) + TimeSpan.FromDays(7.1))).FetchAsync(new Uri("ftp://x/y"), null, null, Stop);
        Assert.False(Directory.Exists(part));
    }

    /// <summary>Right, wrong, or no answer at all.</summary>
    private Func<Microsoft.AspNetCore.Http.HttpContext, Task> Behaviour(Random random, byte[] other) => random.Next(8) switch
    {
        0 => ModelServer.File(_file, cutAfter: random.Next(_file.Length)),
        1 => ModelServer.File(other, "\"v2\"", cutAfter: random.Next(other.Length)),
        2 => ModelServer.File(other, "\"v1\"", cutAfter: random.Next(other.Length)),
        3 => ModelServer.Status(random.Next(2) == 0 ? 503 : 429, ("Retry-After", "1")),
        4 => ModelServer.Status(416, ("Content-Range", $"bytes */{random.Next(400_000)}")),
        5 => ModelServer.Status(206, ("Content-Range", random.Next(3) switch { 0 => "bytes 5-4/3", 1 => "", _ => $"bytes {random.Next(300_000)}-300000/*" }), ("ETag", "garbage")),
        6 => ModelServer.File(_file, random.Next(2) == 0 ? null : "W/\"v1\"", cutAfter: random.Next(_file.Length)),
        _ => CutAsync,
    };

    private static Task CutAsync(Microsoft.AspNetCore.Http.HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private ModelDownload Download(long maxBytes = 1_000_000, int attempts = 6, TimeProvider? time = null, ILogger? log = null) => new(
        _folder.Path,
        new DownloadLimits { MaxBytes = maxBytes, WholeTime = TimeSpan.FromMinutes(5), Attempts = attempts, FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.Zero },
        time ?? TimeProvider.System,
        log ?? NullLogger.Instance);

    private sealed class Seen(long awaited = long.MaxValue) : IProgress<DownloadProgress>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DownloadProgress Last { get; private set; }

        public Task Reached => _reached.Task;

        public void Report(DownloadProgress value)
        {
            Last = value;
            if (value.Bytes >= awaited) _reached.TrySetResult();
        }
    }

    private sealed class Lines : ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Enqueue(formatter(state, exception));
    }
}
