using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Commands;
using EdgeVision.Events;
using EdgeVision.IntegrationTests.Module.Live;
using Microsoft.Extensions.Logging;

namespace EdgeVision.IntegrationTests.Module.Remote;

public sealed class RemoteCommandsTests : IAsyncDisposable
{
    private readonly StillNode _node = new();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    public static TheoryData<string, string, int, string[]> Wrong => new()
    {
        { "reboot", "{}", 404, ["There is no such command. Known are ping, getStatus, snapshot,"] },
        { "getstats", "{}", 404, ["did you mean getStatus?"] },
        { "ping", "{", 400, ["The payload is not valid JSON at line 1, column 2"] },
        { "ping", "[]", 400, ["The payload holds a JSON array; an object with the arguments was expected."] },
        { "ping", """{"message":"a","message":"b"}""", 400, ["twice"] },
        { "ping", """{"message":7}""", 400, ["ping:message: 7 is not a text."] },
        { "ping", """{"mesage":"a"}""", 400, ["ping:mesage: unknown key; did you mean message?"] },
        { "getStatus", """{"camera":"door"}""", 400, ["getStatus:camera: unknown key; none is known here, remove it."] },
        { "snapshot", "", 400, ["snapshot:camera: is missing; set it."] },
        { "snapshot", """{"camera":"../../etc","width":5000,"quality":"best","colour":true}""", 400, ["snapshot:camera: '../../etc' holds '/'", "snapshot:width: 5000 is not a whole number from 16 to 1920.", "snapshot:quality: 'best' is not", "snapshot:colour: unknown key"] },
        { "snapshot", """{"camera":"yard"}""", 404, ["There is no such camera; there are door."] },
        { "snapshot", """{"camera":"door"}""", 409, ["Camera 'door' came to its end and gives no more frames."] },
        { "detectNow", """{"camera":"door"}""", 409, ["Camera 'door' came to its end"] },
        { "detectNow", """{"camera":["door"]}""", 400, ["detectNow:camera: a list stands where one value was expected."] },
        { "pauseCamera", "null", 400, ["pauseCamera:camera: is missing"] },
        { "pauseCamera", """{"camera":"door","paused":"half"}""", 400, ["pauseCamera:paused: 'half'"] },
        { "resumeCamera", """{"camera":"yard"}""", 404, ["there are door"] },
        { "reloadModel", """{"model":"yolo"}""", 400, ["reloadModel:model: unknown key"] },
        { "setLogLevel", """{"level":"loud","minutes":-1}""", 400, ["setLogLevel:level: 'loud' is not one of trace, debug, information, warning, error.", "setLogLevel:minutes: -1 is not"] },
        { "getLogs", """{"lines":1001}""", 400, ["getLogs:lines: 1001 is not a whole number from 1 to 1000."] },
        { "diagnose", """{"wait":"maybe"}""", 400, ["diagnose:wait: 'maybe' is not true or false."] },
        { "pulseOutput", """{"ms":0}""", 400, ["pulseOutput:output: is missing; set it.", "pulseOutput:ms: 0 is not a whole number from 1 to 60000."] },
        { "pulseOutput", """{"output":"siren","ms":500}""", 404, ["There is no such output; there are lamp."] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_is_said_all_at_once(string name, string arguments, int status, string[] sentences)
    {
        var (code, body) = await CallAsync(name, arguments);

        Assert.Equal(status, code);
        var told = body["mistakes"] is JsonArray mistakes ? mistakes.Select(m => (string)m!).ToList() : [(string)body["error"]!];
        Assert.Equal(sentences.Length, told.Count);
        foreach (var (sentence, text) in sentences.Zip(told)) Assert.Contains(sentence, text, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty((string?)body["error"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData(" \n")]
    [InlineData("{}")]
    public async Task No_arguments_may_be_written_in_four_ways(string arguments)
    {
        var (status, body) = await CallAsync("PING", arguments);

        Assert.Equal((200, "2026-11-23T06:00:00.000Z"), (status, (string?)body["time"]));
        Assert.False(body.AsObject().ContainsKey("message"));
    }

    [Fact]
    public async Task A_pause_is_idempotent_and_shows_in_the_status()
    {
        _node.Telemetry.Camera("door").Runs();
        Assert.Equal("running", await StateAsync());
        Assert.Equal("""{"camera":"door","state":"paused","changed":true}""", (await CallAsync("pauseCamera", """{"camera":"door"}""")).Body.ToJsonString());
        Assert.Equal("""{"camera":"door","state":"paused","changed":false}""", (await CallAsync("pauseCamera", """{"camera":"door"}""")).Body.ToJsonString());
        Assert.Equal("paused", await StateAsync());
        Assert.Equal("""{"camera":"door","state":"running","changed":true}""", (await CallAsync("resumeCamera", """{"camera":"door"}""")).Body.ToJsonString());
        Assert.Equal("running", await StateAsync());
        Assert.Equal("""{"camera":"door","state":"paused","changed":true}""", (await CallAsync("pauseCamera", """{"camera":"door","paused":true}""")).Body.ToJsonString());
        Assert.Equal("""{"camera":"door","state":"running","changed":true}""", (await CallAsync("pauseCamera", """{"camera":"door","paused":false}""")).Body.ToJsonString());

        async Task<string?> StateAsync() => (string?)(await CallAsync("getStatus")).Body["cameras"]!["door"]!["state"];
    }

    [Fact]
    public async Task A_lost_camera_says_why_without_its_password()
    {
        _node.Telemetry.Camera("door").Lost(TimeSpan.FromSeconds(4), _node.Time, "rtsp://admin:pw@10.0.0.7/1 does not answer; check its cable.");

        var status = (await CallAsync("getStatus")).Body;
        Assert.Equal("""{"state":"lost","reason":"rtsp://***@10.0.0.7/1 does not answer; check its cable.","retryInMs":4000,"fps":null,"captured":0,"frames":0,"dropped":0,"skipped":0,"gated":0,"events":0}""",
            status["cameras"]!["door"]!.ToJsonString());
        Assert.Equal("""{"mqtt":{"depth":0,"failing":false,"accepted":3,"rejected":0}}""", status["sinks"]!.ToJsonString());
        Assert.Equal(("tiny", "3f2a91c0aa11", "information"), ((string?)status["model"]!["name"], (string?)status["configVersion"], (string?)status["logLevel"]));
        var (code, body) = await CallAsync("snapshot", """{"camera":"door"}""");
        Assert.Equal((409, "Camera 'door' is lost and opened again: rtsp://***@10.0.0.7/1 does not answer; check its cable."), (code, (string?)body["error"]));
    }

    /// <summary>The twin may take a camera away between two steps of a command; in /readyz and /metrics it would stay for ever.</summary>
    [Theory]
    [InlineData("getStatus", "{}", 200)]
    [InlineData("pauseCamera", """{"camera":"door"}""", 200)]
    [InlineData("detectNow", """{"camera":"door"}""", 504)]
    public async Task A_camera_that_was_just_taken_away_is_not_made_known_again(string name, string arguments, int status)
    {
        _node.Telemetry.Forget("door");
        var call = CallAsync(name, arguments);
        _node.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(status, (await call.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Status);
        Assert.Empty(_node.Telemetry.Cameras);
    }

    [Fact]
    public async Task A_camera_without_frames_is_504_after_20_seconds()
    {
        _node.Telemetry.Camera("door").Runs();
        var call = CallAsync("detectNow", """{"camera":"door"}""");
        _node.Time.Advance(TimeSpan.FromSeconds(20));

        var (code, body) = await call.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(504, code);
        Assert.Contains("gave no frame that can be used within 20 s", (string?)body["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_frame_rate_is_that_of_the_last_seconds()
    {
        var camera = _node.Telemetry.Camera("door");
        camera.Runs();
        for (var i = 0; i < 12; i++)
        {
            // Long ago it was fast.
            for (var frame = 0; frame < (i < 6 ? 25 : 5); frame++) camera.CountInferred(default, _node.Time.GetTimestamp());
            _node.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, (double?)(await CallAsync("getStatus")).Body["cameras"]!["door"]!["fps"]);
    }

    [Fact]
    public async Task The_log_level_is_set_for_a_time()
    {
        var (_, body) = await CallAsync("setLogLevel", """{"level":"debug","minutes":5}""");
        Assert.Equal("""{"level":"debug","configured":"information","until":"2026-11-23T06:05:00.000Z"}""", body.ToJsonString());
        Assert.True(_node.Level.Allows(LogLevel.Debug));
        _node.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(_node.Level.Allows(LogLevel.Debug));

        (_, body) = await CallAsync("setLogLevel", """{"level":"error","minutes":0}""");
        Assert.Equal("""{"level":"error","configured":"information","until":null}""", body.ToJsonString());
        _node.Time.Advance(TimeSpan.FromDays(30));
        Assert.False(_node.Level.Allows(LogLevel.Warning));
    }

    [Fact]
    public async Task Logs_are_the_newest_lines_of_a_level_masked()
    {
        var log = _node.Tail.CreateLogger("camera");
#pragma warning disable CA2254, CA1848 // The text is the test's.
        log.LogInformation("one");
        log.LogWarning("Cannot open rtsp://user:pa@ss@host/1; HostName=x;SharedAccessKey=c2VjcmV0;y");
        log.LogError(new InvalidOperationException("password=hunter2"), "three");
#pragma warning restore CA2254, CA1848

        var (status, body) = await CallAsync("getLogs", """{"lines":2,"level":"information"}""");

        Assert.Equal(200, status);
        Assert.False((bool)body["truncated"]!);
        Assert.Equal(
            ["""{"time":"2026-11-23T06:00:00.000Z","level":"warning","category":"camera","text":"Cannot open rtsp://***@host/1; HostName=x;SharedAccessKey=***;y"}""",
                """{"time":"2026-11-23T06:00:00.000Z","level":"error","category":"camera","text":"three InvalidOperationException: password=***"}"""],
            body["lines"]!.AsArray().Select(l => l!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
        Assert.Single((await CallAsync("getLogs", """{"level":"error"}""")).Body["lines"]!.AsArray());
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\u0001')]
    [InlineData('€')]
    public async Task Logs_that_do_not_fit_lose_the_oldest_lines(char letter)
    {
        var log = _node.Tail.CreateLogger("camera");
#pragma warning disable CA2254, CA1848 // The text is the test's.
        foreach (var line in Enumerable.Range(0, 1200).Select(i => $"{i} {new string(letter, 400)}")) log.LogInformation(line);
#pragma warning restore CA2254, CA1848

        var answer = await _node.Commands.RunAsync("getLogs", """{"lines":1000}"""u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.InRange(answer.Body.Length, 10_000, 96 * 1024 + 200);
        var body = JsonNode.Parse(answer.Body.Span)!;
        Assert.True((bool)body["truncated"]!);
        Assert.StartsWith("1199 ", (string)body["lines"]!.AsArray()[^1]!["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diagnosis_is_answered_masked_or_begun_and_logged()
    {
        var (status, body) = await CallAsync("diagnose");
        Assert.Equal(200, status);
        Assert.False((bool)body["ok"]!);
        Assert.Equal("""{"check":"camera door","level":"fail","detail":"rtsp://***@host refused.","fix":"Mend it."}""", body["checks"]![1]!.ToJsonString());

        Assert.Equal(202, (await CallAsync("diagnose", """{"wait":false}""")).Status);
        Assert.Contains(_node.Tail.Newest(10), e => e.Text == "Diagnosis: 2 checks were made, 1 found something.");
    }

    [Fact]
    public async Task An_output_gives_a_pulse()
    {
        Assert.Equal((200, """{"output":"lamp","ms":500}"""), await CallAsync("pulseOutput", """{"output":"lamp","ms":500}""") is var (status, body) ? (status, body.ToJsonString()) : default);
    }

    [Fact]
    public async Task Whatever_the_arguments_every_call_is_answered_with_JSON_and_2xx_or_4xx()
    {
        var random = new Random(11);
        await _node.Outbox.AppendAsync(new SystemEvent { Time = TimeProvider.System.GetUtcNow(), Kind = SystemEventKind.Started, Message = "Test." }, TestContext.Current.CancellationToken);
        var commands = _node.Commands.All.ToList();
        var done = new HashSet<string>();
        for (var i = 0; i < 5000; i++)
        {
            var arguments = new JsonObject { ["camera"] = "door", ["level"] = "debug", ["lines"] = 5, ["ms"] = 20, ["output"] = "lamp", ["message"] = "hello", ["wait"] = true, ["from"] = 1, ["to"] = 2, ["sink"] = "mqtt", ["Source"] = "mine@2.0" };
            var command = commands[random.Next(commands.Count)];
            var own = command.Arguments.Select(a => a.Path.Split(':')[^1]).ToList();
            foreach (var key in arguments.Select(p => p.Key).Where(key => random.Next(20) == 0 || !own.Contains(key)).ToList()) arguments.Remove(key);
            for (var damage = random.Next(3); damage > 0; damage--) Garble.Once(arguments, random);
            var bytes = Encoding.UTF8.GetBytes(arguments.ToJsonString());
            for (var damage = random.Next(3) - 1; damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            var answer = await _node.Commands.RunAsync(command.Name, bytes, TestContext.Current.CancellationToken);

            if (answer.Status < 300) done.Add(command.Name);
            Assert.InRange(answer.Status, 200, 499);
            Assert.InRange(answer.Body.Length, 2, 128 * 1024);
            Assert.Equal(answer.Status >= 400, JsonNode.Parse(answer.Body.Span)!.AsObject().ContainsKey("error"));
        }

        // Those that need a frame are answered 409 here.
        Assert.Equal(commands.Select(c => c.Name).Except(["snapshot", "detectNow"]).Order(StringComparer.Ordinal), done.Order(StringComparer.Ordinal));
    }

    /// <summary>What a document about commands has to have.</summary>
    [Fact]
    public void The_document_names_every_command_and_every_argument()
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "commands.md"));

        foreach (var command in _node.Commands.All)
        {
            var row = Assert.Single(document.Split('\n'), line => line.StartsWith($"| `{command.Name}` |", StringComparison.Ordinal));
            foreach (var argument in command.Arguments) Assert.Contains($"`{argument.Path.Split(':')[^1]}`", row, StringComparison.Ordinal);
        }
    }

    private async Task<(int Status, JsonNode Body)> CallAsync(string name, string arguments = "")
    {
        var answer = await _node.Commands.RunAsync(name, Encoding.UTF8.GetBytes(arguments), TestContext.Current.CancellationToken);
        return (answer.Status, JsonNode.Parse(answer.Body.Span)!);
    }
}
