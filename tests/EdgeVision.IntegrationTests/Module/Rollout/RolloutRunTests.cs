using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.IntegrationTests.Onnx;

namespace EdgeVision.IntegrationTests.Module.Rollout;

/// <summary>A whole node that is told to look with another model, on real frames with real models.</summary>
public sealed class RolloutRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly List<Received> _seen = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_good_model_goes_through_the_shadow_to_the_cameras_and_no_frame_is_lost_to_it()
    {
        using var package = new TemporaryFolder();
        ReferenceModels.Load("nanodet-plus-m", package);
        await AddGoldenAsync(package.Path);
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/#");
        await WriteAsync(broker, package.Path, """ "ShadowFrames":2,"WatchSeconds":2 """);
        await using var node = Start();

        var live = await PhaseAsync(consumer, "live", node);

        Assert.Equal(["fetching", "verifying", "testing", "shadowing", "shadowing", "watching", "live"], Phases());
        Assert.Equal("nanodet-plus-m@1", (string?)live["candidate"]);
        Assert.Contains(_seen, m => m.Payload.Contains("In the shadow: ", StringComparison.Ordinal));
        await FrameAsync(consumer, e => (string?)e["data"]!["model"]!["name"] == "nanodet-plus-m", node);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());

        // Every frame is an event, and each says which model it is of: none is missing at the change, and none is opened anew for it.
        var frames = Frames();
        Assert.Equal(["nanodet-g-416", "nanodet-plus-m"], frames.Select(static f => (string)f["data"]!["model"]!["name"]!).Distinct());
        Assert.DoesNotContain(_seen, m => m.Topic.EndsWith("/events/camera", StringComparison.Ordinal));
        Assert.Single(node.Stderr.Split('\n'), static l => l.Contains("Camera door runs", StringComparison.Ordinal));
        await SchemaJudge.AcceptsAsync("events.v1.schema.json", _seen.Where(static m => m.Topic.EndsWith("/events/system", StringComparison.Ordinal)).Select(static m => m.Payload));

        // The next start looks with it at once; without the section it is the configuration's model again.
        _seen.Clear();
        await using (var second = Start())
        {
            await FrameAsync(consumer, static _ => true, second);
            Assert.Equal("nanodet-plus-m", (string?)Frames()[0]["data"]!["model"]!["name"]);
            second.Terminate();
            Assert.Equal(0, await second.ExitAsync());
        }

        await WriteAsync(broker, null, "");
        await using var third = Start();
        await FrameAsync(consumer, static e => (string?)e["data"]!["model"]!["name"] == "nanodet-g-416", third);
        third.Terminate();
        Assert.Equal(0, await third.ExitAsync());
    }

    [Fact]
    public async Task A_model_whose_scores_are_all_0_is_refused_and_the_old_one_goes_on()
    {
        using var package = new TemporaryFolder();
        ReferenceModels.Load("yolov8n-bad-quant", package);
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/#");
        await WriteAsync(broker, package.Path, """ "AllowWithoutGolden":true """);
        await using var node = Start();

        await PhaseAsync(consumer, "refused", node);

        Assert.Contains("every score is 0 on a test picture", _seen[^1].Payload, StringComparison.Ordinal);
        _seen.Clear();
        await FrameAsync(consumer, static e => (string?)e["data"]!["model"]!["name"] == "nanodet-g-416", node);
        node.Kill();
        await node.ExitAsync();

        // It is not tried again by the next process.
        await using var second = Start();
        await PhaseAsync(consumer, "refused", second);
        Assert.DoesNotContain("testing", Phases());
        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
    }

    /// <summary>What is wrong, what the refusal says.</summary>
    public static TheoryData<string, string> Refusals => new()
    {
        { "no golden", "It brings no picture with objects that it should find" },
        { "another sum", "was expected (Sha256)" },
        { "a class it does not know", "Cameras:door:Classes" },
        { "too slow", "(MaxLatencyMs)" },
        { "nothing there", "does not exist" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_not_fit_is_refused_with_its_reason(string what, string reason)
    {
        using var package = new TemporaryFolder();
        Copy(Repository.BundledModel, package.Path, manifest =>
        {
            (manifest["name"], manifest["version"]) = ("mine", "2.0");
            if (what == "no golden") manifest.Remove("golden");
            if (what == "a class it does not know") (manifest["labels"], manifest["golden"]) = (new JsonArray([.. Enumerable.Range(0, 80).Select(static i => JsonValue.Create($"thing {i}"))]), new JsonArray());
        });
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/#");
        await WriteAsync(broker, what == "nothing there" ? _folder.PathOf("nowhere") : package.Path, what switch
        {
            "another sum" => $""" "Sha256":"{new string('0', 64)}" """,
            "too slow" => """ "MaxLatencyMs":1 """,
            "a class it does not know" => """ "AllowWithoutGolden":true """,
            _ => """ "Percent":100 """,
        }, classes: """ "Classes":["person"], """);
        await using var node = Start();

        await PhaseAsync(consumer, "refused", node);

        Assert.Contains(reason, _seen[^1].Payload, StringComparison.Ordinal);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
    }

    /// <summary>kill -9 in the very moment that a phase is told, twice where the model is in the process.</summary>
    [Theory]
    [InlineData("fetching", "begins: it is fetched")]
    [InlineData("verifying", "its sums and manifest are verified")]
    [InlineData("testing", "it is tested on pictures")]
    [InlineData("shadowing", "it looks at live frames in the shadow")]
    [InlineData("watching", "Model mine 2.0")]
    public async Task A_kill_at_any_step_leaves_a_model_that_works(string phase, string said)
    {
        using var package = new TemporaryFolder();
        Copy(Repository.BundledModel, package.Path, static manifest => (manifest["name"], manifest["version"]) = ("mine", "2.0"));
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/#");
        await WriteAsync(broker, package.Path, """ "ShadowSeconds":3,"WatchSeconds":600 """);
        var isRisky = phase is "testing" or "shadowing" or "watching";
        for (var i = 0; i < (isRisky ? 2 : 1); i++)
        {
            await using var victim = Start();
            // Its own log: events of the one before may come again.
            await victim.LineAsync(said, error: true);
            if (phase == "watching") await victim.LineAsync(i == 0 ? "Cameras look with model mine 2.0" : "Camera door runs", error: true);
            victim.Kill();
            await victim.ExitAsync();
        }

        _seen.Clear();
        await using var node = Start();
        await FrameAsync(consumer, static _ => true, node);
        if (isRisky)
        {
            await PhaseAsync(consumer, phase == "watching" ? "rolledBack" : "refused", node);
            Assert.Contains(_seen, static m => m.Payload.Contains("The process ended 2 times without a goodbye", StringComparison.Ordinal));
            _seen.Clear();
            await FrameAsync(consumer, static e => (string?)e["data"]!["model"]!["name"] == "nanodet-g-416", node);
        }
        else
        {
            await PhaseAsync(consumer, "watching", node);
        }

        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
    }

    [Fact]
    public async Task A_command_begins_an_update_and_another_file_that_goes_blind_is_taken_back()
    {
        using var blind = ToyModel.Answering([0.001f, 0, 0, 0, 0, 0, 0, 0, 0]);
        Change(blind.Folder, static manifest => manifest["name"] = "blind");
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, "edgevision/press-4/#");
        await WriteAsync(broker, null, "");
        await using var node = Start();
        for (var i = 0; i < 110; i++) await FrameAsync(consumer, static _ => true, node);

        Publish(broker, "updateModel", $$"""{"source":"{{blind.Folder}}","allowWithoutGolden":true,"maxSlowdown":0}""");
        await PhaseAsync(consumer, "rolledBack", node);

        Assert.Contains("(MinDetections)", _seen[^1].Payload, StringComparison.Ordinal);
        _seen.Clear();
        await FrameAsync(consumer, static e => (string?)e["data"]!["model"]!["name"] == "nanodet-g-416", node);
        Publish(broker, "updateModel", """{"source":"nanodet-g-416-int8@1.0.0","percent":0}""");
        await PhaseAsync(consumer, "waiting", node);
        node.Terminate();
        Assert.Equal(0, await node.ExitAsync());
    }

    private static void Publish(Mosquitto broker, string command, string arguments) =>
        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-q", "1", "-t", $"edgevision/press-4/cmd/{command}", "-m", arguments);

    private EdgeVisionProcess Start() => EdgeVisionProcess.StartWith(new Dictionary<string, string>(), "run", "--config", _folder.PathOf("node.json"), "--data", _folder.PathOf("data"));

    private async Task WriteAsync(Mosquitto broker, string? source, string more, string classes = "")
    {
        var update = source is null ? "" : $$""" "ModelUpdate":{"Source":"{{source}}"{{(more == "" ? "" : "," + more)}}}, """;
        await File.WriteAllTextAsync(_folder.PathOf("node.json"), $$$"""
            {"EdgeVision":{"Node":"press-4", {{{update}}} "Mqtt":{"Host":"127.0.0.1","Port":{{{broker.Port}}},"Commands":true},
             "Cameras":{"door":{"Uri":"file:{{{Repository.PathOf("samples", "media", "pedestrians.mjpeg")}}}?loop=true&fps=10", {{{classes}}} "Events":{"Sampling":"every"}
            } } } }
            """, TestContext.Current.CancellationToken);
    }

    /// <summary>The model's own answer to the bundled picture, which is what whoever ships a model writes into it.</summary>
    private static async Task AddGoldenAsync(string package)
    {
        File.Copy(Path.Combine(Repository.BundledModel, "golden.jpg"), Path.Combine(package, "golden.jpg"));
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("detect", Path.Combine(package, "golden.jpg"), "--model", package, "--format", "json");
        Assert.True(code == 0, stderr);
        var path = Path.Combine(package, "model.json");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsObject();
        var found = JsonNode.Parse(stdout)!;
        var objects = (found["images"]?[0] ?? found)["objects"]!.DeepClone().AsArray();
        foreach (var item in objects) item!.AsObject().Remove("classId");
        manifest["golden"] = new JsonArray(new JsonObject { ["picture"] = "golden.jpg", ["objects"] = objects });
        await File.WriteAllTextAsync(path, manifest.ToJsonString());
    }

    private static void Copy(string from, string to, Action<JsonObject> change)
    {
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        Change(to, change);
    }

    private static void Change(string package, Action<JsonObject> change)
    {
        var path = Path.Combine(package, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
    }

    private List<JsonNode> Frames() => [.. _seen.Where(static m => m.Topic.EndsWith("/events/frame", StringComparison.Ordinal)).Select(static m => JsonNode.Parse(m.Payload)!)];

    private List<string?> Phases() => [.. _seen.Where(static m => m.Topic.EndsWith("/events/system", StringComparison.Ordinal)).Select(static m => (string?)JsonNode.Parse(m.Payload)!["data"]!["phase"]).Where(static p => p is not null)];

    /// <summary>Data of the system event that tells it.</summary>
    private async Task<JsonNode> PhaseAsync(MosquittoSub consumer, string phase, EdgeVisionProcess node)
    {
        bool Tells(Received m) => m.Topic.EndsWith("/events/system", StringComparison.Ordinal) && (string?)JsonNode.Parse(m.Payload)!["data"]!["phase"] == phase;
        var seen = _seen.FindLast(Tells) ?? await NextAsync(consumer, Tells, node);
        return JsonNode.Parse(seen.Payload)!["data"]!;
    }

    private Task<Received> FrameAsync(MosquittoSub consumer, Func<JsonNode, bool> wanted, EdgeVisionProcess node) =>
        NextAsync(consumer, m => m.Topic.EndsWith("/events/frame", StringComparison.Ordinal) && wanted(JsonNode.Parse(m.Payload)!), node);

    private async Task<Received> NextAsync(MosquittoSub consumer, Func<Received, bool> wanted, EdgeVisionProcess node)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{string.Join(" ", Phases())}\n{node.Stderr}");
            _seen.Add(await consumer.NextAsync(Patience));
            if (wanted(_seen[^1])) return _seen[^1];
        }
    }
}
