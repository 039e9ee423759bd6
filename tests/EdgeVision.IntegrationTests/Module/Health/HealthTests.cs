using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Inference;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.Models;
using EdgeVision.Module;
using EdgeVision.Module.Health;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module.Health;

public sealed partial class HealthTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly Telemetry _telemetry = new();
    private readonly TempFolder _folder = new();
    private readonly Outbox _outbox;
    private readonly NodeIdentity _node = new("press\"4", "edgevision", "c0ffee", static () => true);
    private readonly HubUsage _usage = new(TimeProvider.System);
    private HubLinkStatus? _link = new(HubLinkState.Connected, null, DateTimeOffset.UnixEpoch.AddYears(56), null, 3);

    public HealthTests()
    {
        _outbox = Outbox.Open(_folder.Path, OptionsReader.Defaults(OutboxOptions.Read), _node, ["mqtt", "iothub"], TimeProvider.System, NullLogger.Instance);
        var camera = _telemetry.Camera("door");
        camera.Runs();
        for (var i = 1; i <= 3; i++)
        {
            camera.CountCaptured();
            camera.CountInferred(new DetectionTimings(TimeSpan.FromMilliseconds(0.3), TimeSpan.FromMilliseconds(20 * i), TimeSpan.FromMilliseconds(0.1)), i * TimeSpan.TicksPerSecond);
        }

        camera.CountDropped();
        _telemetry.Sink("mqtt").CountAccepted(5);
        _telemetry.Sink("iothub").CountRetry();
        _usage.Count("door", 4097);
        _usage.Count(null, 1);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The expression of edge-modules/metrics-collector, as ../shared/facts/deployment-manifest.md describes it: name, labels, value, integer time stamp.</summary>
    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})?\s+(?<value>[\d.eE+-]+|NaN)(\s+(?<time>\d+))?$""")]
    private static partial Regex CollectorLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\]|\\["\\n])*)"(,|$)""")]
    private static partial Regex Label();

    [Fact]
    public void Every_line_is_one_that_the_metrics_collector_reads_with_the_labels_it_joins_on()
    {
        var text = Page().Text;
        Assert.DoesNotContain('\r', text);
        var seen = new HashSet<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#'))
        {
            var match = CollectorLine().Match(line);
            Assert.True(match.Success, line);
            Assert.True(double.TryParse(match.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value), line);
            var labels = Label().Matches(match.Groups["labels"].Value);
            Assert.Equal(match.Groups["labels"].Value.Length, labels.Sum(l => l.Length));
            var names = labels.Select(l => l.Groups["name"].Value).ToList();
            Assert.Equal(["iothub", "edge_device", "module_name", "instance_number"], names.Take(4));
            Assert.Equal(names.Count, names.Distinct().Count());
            Assert.True(seen.Add($"{match.Groups["name"]}{{{match.Groups["labels"]}}}"), $"Twice: {line}");
        }

        Assert.Contains("""edge_device="press\"4",""", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Families_are_described_once_and_hold_what_happened()
    {
        var lines = Page().Text.Split('\n');
        foreach (var metric in Metrics.All)
        {
            Assert.Single(lines, $"# TYPE edgevision_{metric.Name} {metric.Kind}");
            Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
            Assert.Equal(metric.Kind == "counter", metric.Name.EndsWith("_total", StringComparison.Ordinal));
        }

        Assert.Equal(0, Value(lines, "camera_losses_total", "camera=\"door\""));
        Assert.Equal(0, Value(lines, "outbox_write_failures_total", ""));
        Assert.Equal(3, Value(lines, "camera_frames_inferred_total", "camera=\"door\""));
        Assert.Equal(1, Value(lines, "camera_frames_left_total", "reason=\"dropped\""));
        Assert.Equal(1, Value(lines, "camera_up", "camera=\"door\""));
        Assert.Equal(5, Value(lines, "sink_accepted_total", "sink=\"mqtt\""));
        Assert.Equal(1, Value(lines, "sink_failing", "sink=\"iothub\""));
        Assert.Equal(3, Value(lines, "hub_connects_total", ""));
        Assert.Equal(2, Value(lines, "hub_blocks_total", "camera=\"door\""));
        Assert.Equal(1, Value(lines, "hub_messages_total", "camera=\"events\""));
        Assert.Equal(1, Value(lines, "stage_seconds_bucket", "stage=\"infer\",le=\"0.025\""));
        Assert.Equal(3, Value(lines, "stage_seconds_bucket", "stage=\"infer\",le=\"0.1\""));
        Assert.Equal(3, Value(lines, "stage_seconds_bucket", "stage=\"infer\",le=\"+Inf\""));
        Assert.Equal(0.12, Value(lines, "stage_seconds_sum", "stage=\"infer\""), 6);
    }

    [Fact]
    public void Without_a_hub_nothing_is_said_of_one()
    {
        _link = null;
        Assert.DoesNotContain("edgevision_hub_", Page().Text, StringComparison.Ordinal);
        Assert.Contains("{iothub=\"\",", Page().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_hangs_is_unhealthy_and_what_is_only_away_is_not()
    {
        var health = Health();
        var camera = _telemetry.Camera("door");
        camera.Lost(TimeSpan.FromSeconds(3), _time);
        _link = new HubLinkStatus(HubLinkState.Waiting, "The cable is out.", _time.GetUtcNow(), null, 1);
        Assert.Equal(200, health.Healthz().Status);
        var ready = health.Readyz();
        Assert.Equal(503, ready.Status);
        Assert.Contains("Camera door is lost", ready.Text, StringComparison.Ordinal);
        Assert.Contains("Events to iothub wait", ready.Text, StringComparison.Ordinal);
        Assert.Contains("The cable is out.", ready.Text, StringComparison.Ordinal);

        // Back, and frames come, but nobody takes them any more.
        camera.Runs();
        _link = new HubLinkStatus(HubLinkState.Connected, null, _time.GetUtcNow(), null, 2);
        Assert.Equal(200, health.Healthz().Status);
        for (var i = 0; i < 10; i++) camera.CountCaptured();
        _time.Advance(TimeSpan.FromHours(1));     // nobody asked meanwhile: the frames may have come just now
        Assert.Equal(200, health.Healthz().Status);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(200, health.Healthz().Status);
        _time.Advance(TimeSpan.FromSeconds(30));
        var page = health.Healthz();
        Assert.Equal(503, page.Status);
        Assert.Contains("none was looked at for 60 s", page.Text, StringComparison.Ordinal);

        camera.Runs();
        Assert.Equal(200, health.Healthz().Status);
    }

    [Fact]
    public void A_camera_that_gives_no_frames_does_not_hang()
    {
        var health = Health();
        Assert.Equal(200, health.Healthz().Status);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, health.Healthz().Status);
    }

    [Fact]
    public void Frames_that_the_rate_cap_leaves_out_are_nobodys_to_take()
    {
        var (health, camera) = (Health(), _telemetry.Camera("door"));
        for (var minute = 0; minute < 5; minute++)
        {
            for (var i = 0; i < 100; i++)
            {
                camera.CountCaptured();
                camera.CountPaced();
            }

            Assert.Equal(200, health.Healthz().Status);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task An_outbox_that_writes_no_more_is_unhealthy()
    {
        var health = Health();
        Assert.Equal(200, health.Healthz().Status);
        await _outbox.DisposeAsync();
        var page = health.Healthz();
        Assert.Equal(503, page.Status);
        Assert.Contains("The outbox's writer has ended", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sink_that_never_answers_is_unhealthy_after_half_an_hour()
    {
        var (health, sink) = (Health(), _telemetry.Sink("mqtt"));
        sink.Sends(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(200, health.Healthz().Status);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("Events were handed to mqtt 1800 s ago", health.Healthz().Text, StringComparison.Ordinal);
        sink.HasSent();
        Assert.Equal(200, health.Healthz().Status);
    }

    [Fact]
    public void A_link_that_is_tried_again_is_well_and_one_that_is_not_hangs()
    {
        var health = Health();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            _link = new HubLinkStatus(HubLinkState.Waiting, "The cable is out.", _time.GetUtcNow(), null, 1);
            Assert.Equal(200, health.Healthz().Status);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Contains("has not been tried again for 1860 s", health.Healthz().Text, StringComparison.Ordinal);
        _link = new HubLinkStatus(HubLinkState.Connected, null, _time.GetUtcNow(), null, 2);
        Assert.Equal(200, health.Healthz().Status);
    }

    [Fact]
    public async Task The_port_answers_what_it_knows_and_refuses_the_rest()
    {
        await using var door = await Door.OpenAsync(new Dictionary<string, Func<HttpPage>> { ["/healthz"] = Health().Healthz, ["/bad"] = () => HttpPage.Said(503, "Bad.") });
        using var http = new HttpClient { BaseAddress = door.Address };

        Assert.Equal((HttpStatusCode.OK, "application/json; charset=utf-8"), await StatusAsync(http, HttpMethod.Get, "healthz"));
        Assert.Equal(HttpStatusCode.OK, (await StatusAsync(http, HttpMethod.Get, "healthz?x=1")).Code);
        Assert.Equal(HttpStatusCode.OK, (await StatusAsync(http, HttpMethod.Head, "healthz")).Code);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await StatusAsync(http, HttpMethod.Get, "bad")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await StatusAsync(http, HttpMethod.Get, "..%2fetc/passwd")).Code);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await StatusAsync(http, HttpMethod.Post, "healthz")).Code);
    }

    [Fact]
    public async Task A_thousand_requests_of_noise_leave_the_port_answering()
    {
        await using var door = await Door.OpenAsync(new Dictionary<string, Func<HttpPage>> { ["/healthz"] = Health().Healthz });
        var random = new Random(5);
        for (var i = 0; i < 1000; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, door.Address.Port, Stop);
            var noise = new byte[random.Next(1, 2000)];
            random.NextBytes(noise);
            if (i % 2 == 0) Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: x\r\n").AsSpan()[..Math.Min(31, noise.Length)].CopyTo(noise);
            try
            {
                await client.GetStream().WriteAsync(noise, Stop);
            }
            catch (IOException)
            {
                // It has heard enough.
            }
        }

        using var http = new HttpClient { BaseAddress = door.Address };
        Assert.Equal(HttpStatusCode.OK, (await StatusAsync(http, HttpMethod.Get, "healthz")).Code);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_sentence_and_is_answered_once_it_is_free()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var log = new CollectingLog();
        var listening = new TaskCompletionSource<Uri>();
        using var stop = new CancellationTokenSource();
        var running = new HttpDoor(new HttpOptions(IPAddress.Loopback, port), new Dictionary<string, Func<HttpPage>>(), _time, log).RunAsync(stop.Token, listening.SetResult);
        for (var minute = 0; minute < 5; minute++) _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(listening.Task.IsCompleted);
        other.Stop();
        while (!listening.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(listening.Task, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop));
        }

        Assert.Equal(port, (await listening.Task).Port);
        Assert.Single(log.Lines, l => l.Contains("EdgeVision:Http:Port", StringComparison.Ordinal));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private NodeHealth Health() => new(_telemetry, _outbox, () => _link, _time);

    private HttpPage Page() =>
        new MetricsPage(_telemetry, _outbox, _node, () => new ModelIdentity("tiny", "1.0", "0", ["person"]), _link is null ? "" : "h.azure-devices.net", () => _link, _usage, _folder.Path, _time).Write();

    private static double Value(string[] lines, string name, string labels) =>
        double.Parse(Assert.Single(lines, l => l.StartsWith($"edgevision_{name}{{", StringComparison.Ordinal) && l.Contains(labels, StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture);

    private static async Task<(HttpStatusCode Code, string? Type)> StatusAsync(HttpClient http, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await http.SendAsync(request, Stop);
        return (answer.StatusCode, answer.Content.Headers.ContentType?.ToString());
    }

    private sealed class Door(Uri address, CancellationTokenSource stop, Task running) : IAsyncDisposable
    {
        public Uri Address => address;

        public static async Task<Door> OpenAsync(IReadOnlyDictionary<string, Func<HttpPage>> pages)
        {
            var stop = new CancellationTokenSource();
            var listening = new TaskCompletionSource<Uri>();
            var running = new HttpDoor(new HttpOptions(IPAddress.Loopback, 0), pages, TimeProvider.System, NullLogger.Instance).RunAsync(stop.Token, listening.SetResult);
            return new Door(await listening.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop), stop, running);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            stop.Dispose();
        }
    }
}
