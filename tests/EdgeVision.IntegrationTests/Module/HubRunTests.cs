using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.IntegrationTests.Simulator;
using EdgeVision.Module;
using EdgeVision.Module.Commands;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The whole node as a module of the simulated IoT Edge runtime.</summary>
public sealed class HubRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_of_a_clip_arrive_at_the_hub_and_at_the_broker()
    {
        await using var hub = await Simulated.StartAsync();
        var environment = hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value);
        environment["EDGEVISION__IOTHUB__PORT"] = $"{hub.Simulator.Port}";
        environment["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0";
        var report = _folder.PathOf("report.json");
        await using var node = EdgeVisionProcess.StartWith(
            environment, "run", "--camera", $"door=file:{Repository.PathOf("samples", "media", "pedestrians.mjpeg")}", "--frames", "20", "--data", _folder.PathOf("data"), "--report", report);

        Assert.Equal(0, await node.ExitAsync());

        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(report, TestContext.Current.CancellationToken));
        var (events, published) = (json.RootElement.GetProperty("events").GetInt32(), json.RootElement.GetProperty("published"));
        Assert.Equal((events, events), (published.GetProperty("mqtt").GetInt32(), published.GetProperty("iothub").GetInt32()));
        var arrived = (await hub.MessagesAsync()).SelectMany(m => JsonDocument.Parse(m!["body"]!.GetValue<string>()).RootElement.EnumerateArray()).ToList();
        // All of them, a camera's own in their order: those of the node may overtake a message that still waits for company.
        var sequences = arrived.Select(e => (Subject: e.GetProperty("subject").GetString(), Sequence: e.GetProperty("sequence").GetString())).ToList();
        Assert.Equal(Enumerable.Range(1, events).Select(n => $"{n:D20}"), sequences.Select(s => s.Sequence).Order(StringComparer.Ordinal));
        Assert.All(sequences.GroupBy(s => s.Subject), own => Assert.Equal(own.Select(s => s.Sequence).Order(StringComparer.Ordinal), own.Select(s => s.Sequence)));
        Assert.All(arrived, e => Assert.Equal($"/devices/{Simulated.Device}/modules/{Simulated.Module}", e.GetProperty("source").GetString()));
        Assert.Contains(arrived, e => e.GetProperty("type").GetString() == "io.edgevision.frame.v1");
        Assert.Contains($"Connected to localhost as {Simulated.ClientId}.", node.Stderr, StringComparison.Ordinal);

        // What the report counts is what arrived, by camera; a run this short says nothing of a day.
        var bill = json.RootElement.GetProperty("iothub");
        var counted = (await hub.MessagesAsync()).GroupBy(m => (string?)m!["props"]!["camera"] ?? "events").ToDictionary(g => g.Key, g => (Messages: g.Count(), Blocks: g.Sum(m => Blocks(m!))));
        Assert.Equal(["door", "events"], counted.Keys.Order());
        foreach (var (camera, (messages, blocks)) in counted)
            Assert.Equal((messages, blocks), (bill.GetProperty("perCamera").GetProperty(camera).GetProperty("messages").GetInt32(), bill.GetProperty("perCamera").GetProperty(camera).GetProperty("blocks").GetInt32()));
        Assert.Equal((counted.Values.Sum(c => c.Messages), counted.Values.Sum(c => c.Blocks)), (bill.GetProperty("messages").GetInt32(), bill.GetProperty("blocks").GetInt32()));

        // IoT Hub's rule, from what the simulator decoded.
        static int Blocks(JsonNode message) => (Encoding.UTF8.GetByteCount((string)message["body"]!) + message["props"]!.AsObject().Sum(p => Encoding.UTF8.GetByteCount((string?)p.Value ?? "") + (p.Key.StartsWith('$') ? 0 : p.Key.Length)) + 4095) / 4096;
    }

    [Fact]
    public void A_day_is_made_of_runs_that_are_long_enough_whatever_the_clock_is_set_to()
    {
        var time = new SetClock();
        var usage = new HubUsage(time);
        usage.Count("door", 4096);
        usage.Count("door", 4097);
        usage.Count(null, 1);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(HubBill.Of(usage).Day);

        time.Advance(TimeSpan.FromSeconds(51));
        time.Set = TimeSpan.FromDays(1000);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            HubBill.Of(usage).WriteTo(json);
            json.WriteEndObject();
        }

        // 1,440 minutes a day.
        Assert.Equal(
            """{"iothub":{"messages":3,"blocks":4,"messagesPerDay":5760,"perCamera":{"door":{"messages":2,"blocks":3,"messagesPerDay":4320},"events":{"messages":1,"blocks":1,"messagesPerDay":1440}}}}""",
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public async Task A_password_goes_in_by_standard_input_and_comes_out_encrypted()
    {
        await using var hub = await Simulated.StartAsync();
        var environment = hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value);
        await using var command = EdgeVisionProcess.StartWith(environment, "secret", "encrypt");
        await command.SayAsync("hunter2€\r\nnot this\n");
        Assert.Equal(0, await command.ExitAsync());

        Assert.DoesNotContain("hunter", command.Stdout + command.Stderr, StringComparison.Ordinal);
        var path = _folder.Write("door.password", Encoding.UTF8.GetBytes(command.Stdout));
        using var login = HubDoor.Login(environment, TimeProvider.System);
        Assert.Equal("hunter2€", (new CameraLogin(null, path) { Decrypt = SecretCommand.DecryptorOf(login, TestContext.Current.CancellationToken) }).Find());
    }

    [Fact]
    public async Task The_doctor_reads_an_encrypted_password_as_the_node_does()
    {
        if (!File.Exists("/usr/bin/ffmpeg")) Assert.Skip("ffmpeg is not installed; apt-get install ffmpeg");
        await using var hub = await Simulated.StartAsync();
        var environment = hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value);
        await using var command = EdgeVisionProcess.StartWith(environment, "secret", "encrypt");
        await command.SayAsync("hunter2\n");
        Assert.Equal(0, await command.ExitAsync());
        _folder.Write("door.password", Encoding.UTF8.GetBytes(command.Stdout));
        var config = _folder.Write("node.json", """{"EdgeVision":{"Cameras":{"door":{"Uri":"rtsp://viewer@127.0.0.1:9/s","PasswordFile":"door.password"}}}}"""u8.ToArray());

        await using var doctor = EdgeVisionProcess.StartWith(environment, "doctor", "--config", config, "--data", _folder.PathOf("data"));
        await doctor.ExitAsync();

        // Nothing listens there; but it got so far.
        Assert.Contains("nothing listens at 127.0.0.1:9", doctor.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no password", "", true, "Standard input holds a first line of 0 characters")]
    [InlineData("no runtime", "hunter2", false, "There is no IoT Edge runtime here")]
    public async Task What_cannot_be_encrypted_is_one_sentence_without_it(string row, string password, bool hasRuntime, string sentence)
    {
        Assert.NotEmpty(row);
        await using var hub = await Simulated.StartAsync();
        await using var command = EdgeVisionProcess.StartWith(hasRuntime ? hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value) : [], "secret", "encrypt");
        await command.SayAsync(password + "\n");

        Assert.Equal(1, await command.ExitAsync());
        Assert.Contains(sentence, command.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", command.Stdout + command.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_an_environment_is_one_sentence()
    {
        await using var node = EdgeVisionProcess.StartWith(
            new Dictionary<string, string> { ["IOTEDGE_WORKLOADURI"] = "unix:///nowhere", ["IOTEDGE_DEVICEID"] = "dev1" }, "run", "--camera", "test:pattern", "--data", _folder.PathOf("data"));

        Assert.Equal(1, await node.ExitAsync());
        Assert.Contains("IOTEDGE_WORKLOADURI is set, but IOTEDGE_IOTHUBHOSTNAME, IOTEDGE_MODULEID, IOTEDGE_MODULEGENERATIONID are not", node.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Stderr, StringComparison.Ordinal);
    }

    /// <summary>A node that started without network and then learned what time it is.</summary>
    private sealed class SetClock : FakeTimeProvider
    {
        public TimeSpan Set { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Set;

        /// <summary>In ticks, as the base has it, which would take them from the time that was set.</summary>
        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
