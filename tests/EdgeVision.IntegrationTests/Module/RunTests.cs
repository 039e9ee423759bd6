using System.Diagnostics;
using System.Text.Json;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The main job as a person gets it: the built command, real clips, a real broker, an independent client.</summary>
public sealed class RunTests : IDisposable
{
    private static readonly string Clip = Repository.PathOf("samples", "media", "pedestrians.mjpeg");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-run-");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Several_cameras_run_side_by_side_and_every_event_that_leaves_is_valid()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        var report = Path.Combine(_folder.FullName, "report.json");

        await using var run = EdgeVisionProcess.Start(
            "run", "--camera", $"street=file:{Clip}?loop=true", "--camera", "bench=test:pattern?fps=5", "--camera", "gone=file:/no/such/clip.mjpeg",
            "--mqtt", $"127.0.0.1:{broker.Port}", "--data", Data, "--frames", "60", "--report", report);

        Assert.True(await run.ExitAsync() == 0, run.Stderr);
        var messages = await sub.TakeUntilAsync(m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal));
        var events = messages.Where(m => m.Topic.Contains("/events/", StringComparison.Ordinal)).ToList();
        await SchemaJudge.AcceptsAsync("events.v1.schema.json", events.Select(m => m.Payload));

        var parsed = events.Select(m => JsonDocument.Parse(m.Payload).RootElement).ToList();
        Assert.Equal(Enumerable.Range(1, parsed.Count), parsed.Select(e => int.Parse(e.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(["bench", "gone", "street"], parsed.Where(e => e.TryGetProperty("camerasequence", out _)).Select(e => e.GetProperty("data").GetProperty("camera").GetString()!).Distinct().Order());
        var lost = Assert.Single(parsed, e => e.GetProperty("type").GetString() == "io.edgevision.camera.v1");
        Assert.Equal("lost", lost.GetProperty("data").GetProperty("state").GetString());
        Assert.Contains("/no/such/clip.mjpeg", lost.GetProperty("data").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(parsed, e => e.GetProperty("data").TryGetProperty("objects", out var o) && o.EnumerateArray().Any(x => x.GetProperty("label").GetString() == "person"));
        Assert.Equal(parsed.Count, ReadReport(report).GetProperty("published").GetProperty("mqtt").GetInt64());
    }

    [Fact]
    public async Task A_camera_that_comes_back_says_so_and_the_others_never_noticed()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/late/events/camera");
        await using var others = await MosquittoSub.StartAsync(broker.Port, "edgevision/+/bench/events/camera");
        var late = Path.Combine(_folder.FullName, "late.mjpeg");
        await using var run = EdgeVisionProcess.Start(
            "run", "--camera", $"late=file:{late}?loop=true", "--camera", "bench=test:pattern?fps=5", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", Data);

        Assert.Contains("\"lost\"", (await sub.NextAsync(TimeSpan.FromSeconds(60))).Payload, StringComparison.Ordinal);
        File.Copy(Clip, late);
        var recovered = await sub.NextAsync(TimeSpan.FromSeconds(60));
        run.Terminate();

        Assert.Equal("recovered", JsonDocument.Parse(recovered.Payload).RootElement.GetProperty("data").GetProperty("state").GetString());
        Assert.Equal(0, await run.ExitAsync());
        await Assert.ThrowsAsync<TimeoutException>(() => others.NextAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task Sigterm_drains_and_exits_0_within_ten_seconds()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        await using var run = EdgeVisionProcess.Start("run", "--camera", $"file:{Clip}?loop=true", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", Data);
        await sub.TakeUntilAsync(m => m.Topic.EndsWith("/events/frame", StringComparison.Ordinal));

        var asked = Stopwatch.GetTimestamp();
        run.Terminate();

        Assert.Equal(0, await run.ExitAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 10);
        var last = await sub.TakeUntilAsync(m => m.Topic.EndsWith("/status", StringComparison.Ordinal) && m.Payload.Contains("offline", StringComparison.Ordinal));
        Assert.Contains(last, m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sigterm_exits_0_within_ten_seconds_also_when_the_broker_is_away_and_nothing_is_lost()
    {
        var port = Mosquitto.FreePort();
        await using (var run = EdgeVisionProcess.Start("run", "--camera", $"file:{Clip}?loop=true", "--mqtt", $"127.0.0.1:{port}", "--data", Data, "--frames", "20"))
        {
            var asked = Stopwatch.GetTimestamp();
            Assert.Equal(0, await run.ExitAsync());
            Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 60);
        }

        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        await using var again = EdgeVisionProcess.Start("run", "--camera", "test:pattern?fps=5", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", Data, "--frames", "2");
        Assert.Equal(0, await again.ExitAsync());

        var messages = await sub.TakeUntilAsync(m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal) && m.Payload.Contains("\"sequence\"", StringComparison.Ordinal) && Sequence(m.Payload) > 10);
        Assert.Equal(1, Sequence(messages.First(m => m.Topic.Contains("/events/", StringComparison.Ordinal)).Payload));
    }

    [Fact]
    public async Task After_kill_9_in_the_middle_of_publishing_every_sequence_number_arrives()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        string[] arguments = ["run", "--camera", "a=test:pattern?fps=100", "--camera", "b=test:pattern?fps=100", "--config", EveryFrame(), "--mqtt", $"127.0.0.1:{broker.Port}", "--data", Data];
        var seen = new List<Received>();
        for (var round = 0; round < 3; round++)
        {
            await using var run = EdgeVisionProcess.Start(arguments);
            seen.AddRange(await sub.TakeAsync(25 + (round * 7)));
            run.Kill();
            await run.ExitAsync();
        }

        await using var last = EdgeVisionProcess.Start([.. arguments, "--frames", "5"]);
        Assert.True(await last.ExitAsync() == 0, last.Stderr);
        // Delivered in order, so the last run's farewell is the last of all.
        seen.AddRange(await sub.TakeUntilAsync(m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal)));
        seen.RemoveAll(m => !m.Topic.Contains("/events/", StringComparison.Ordinal));

        var numbers = seen.Select(m => Sequence(m.Payload)).ToHashSet();
        var missing = Enumerable.Range(1, (int)numbers.Max()).Select(n => (long)n).Except(numbers).ToList();
        Assert.Empty(missing);
        foreach (var camera in seen.Where(m => !m.Topic.EndsWith("/system", StringComparison.Ordinal)).GroupBy(m => m.Topic.Split('/')[2]))
        {
            var first = camera.DistinctBy(m => Sequence(m.Payload)).Select(m => CameraSequence(m.Payload)).ToList();
            Assert.Equal(first.Order(), first);
        }
    }

    [Fact]
    public async Task The_command_line_reaches_a_broker_that_asks_for_tls_a_client_certificate_and_a_password()
    {
        var folder = Mosquitto.NewFolder();
        var certificates = new Certificates(folder);
        var server = certificates.Issue("broker", "DNS:localhost,IP:127.0.0.1");
        var client = certificates.Issue("press-4", "DNS:press-4", "clientAuth");
        var (users, password) = (Path.Combine(folder, "users"), Path.Combine(_folder.FullName, "password"));
        await File.WriteAllTextAsync(password, "s3cret\n", TestContext.Current.CancellationToken);
        ChildProcess.Run("mosquitto_passwd", "-b", "-c", users, "press-4", "s3cret");
        await using var broker = await Mosquitto.StartAsync(
            folder, $"cafile {certificates.Authority}", $"certfile {server.Certificate}", $"keyfile {server.Key}", "require_certificate true", "allow_anonymous false", $"password_file {users}");
        string[] trust = ["--cafile", certificates.Authority, "--cert", client.Certificate, "--key", client.Key, "-u", "press-4", "-P", "s3cret"];
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/#", trust);

        await using var run = EdgeVisionProcess.Start(
            "run", "--camera", "test:pattern?fps=5", "--mqtt", $"mqtts://127.0.0.1:{broker.Port}", "--mqtt-user", "press-4", "--mqtt-password-file", password,
            "--mqtt-ca", certificates.Authority, "--mqtt-cert", client.Certificate, "--mqtt-key", client.Key, "--data", Data, "--frames", "3");

        Assert.True(await run.ExitAsync() == 0, run.Stderr);
        await sub.TakeUntilAsync(m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", run.Stdout + run.Stderr, StringComparison.Ordinal);
        Assert.Contains($"--cafile {certificates.Authority}", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_pictures_ends_by_itself_and_says_so()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        var report = Path.Combine(_folder.FullName, "report.json");

        await using var run = EdgeVisionProcess.Start(
            "run", "--camera", $"album=dir:{Repository.Asset("people")}?fps=2", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", Data, "--report", report);

        Assert.True(await run.ExitAsync() == 0, run.Stderr);
        Assert.Equal(3, ReadReport(report).GetProperty("frames").GetInt64());
        var messages = await sub.TakeUntilAsync(m => m.Payload.Contains("\"stopped\"", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Topic.EndsWith("/album/events/camera", StringComparison.Ordinal) && m.Payload.Contains("\"ended\"", StringComparison.Ordinal));
        Assert.Equal("online", messages.First(m => m.Topic.EndsWith("/status", StringComparison.Ordinal)).Payload);
    }

    private string EveryFrame()
    {
        var path = Path.Combine(_folder.FullName, "every.json");
        File.WriteAllText(path, """
            { "EdgeVision": { "Cameras": {
              "a": { "Uri": "test:pattern", "Events": { "Sampling": "every" } },
              "b": { "Uri": "test:pattern", "Events": { "Sampling": "every" } } } } }
            """);
        return path;
    }

    private static JsonElement ReadReport(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    private static long Sequence(string payload) => Number(payload, "sequence");

    private static long CameraSequence(string payload) => Number(payload, "camerasequence");

    private static long Number(string payload, string name) =>
        payload.StartsWith('{') && JsonDocument.Parse(payload).RootElement.TryGetProperty(name, out var number)
            ? long.Parse(number.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : 0;
}
