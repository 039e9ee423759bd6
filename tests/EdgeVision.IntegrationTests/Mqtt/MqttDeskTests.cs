using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Commands;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class MqttDeskTests
{
    private const string Prefix = "edgevision/gate-7";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_says_online_after_connect_and_offline_after_an_orderly_end()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/status");
        await using (var desk = RunningDesk.Start(Some.Options(broker.Port)))
        {
            Assert.Equal("online", (await consumer.NextAsync()).Payload);
        }

        Assert.Equal("offline", (await consumer.NextAsync()).Payload);
        await using var late = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/status");
        Assert.Equal(new Received($"{Prefix}/status", true, "offline"), await late.NextAsync());
    }

    [Fact]
    public async Task Broker_speaks_the_last_will_when_the_cable_is_cut_and_the_desk_comes_back_by_itself()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/status");
        await using var cable = new Cable(broker.Port);
        await using var desk = RunningDesk.Start(Some.Options(cable.Port));
        Assert.Equal("online", (await consumer.NextAsync()).Payload);

        cable.Cut();

        Assert.Equal("offline", (await consumer.NextAsync()).Payload);
        Assert.Equal("online", (await consumer.NextAsync()).Payload);
    }

    [Fact]
    public async Task What_stands_at_the_broker_is_what_shall_stand_there_also_after_its_restart_and_what_is_left_behind_goes()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        // Of a camera that this node had in another life.
        ChildProcess.Run("mosquitto_pub", "-p", $"{broker.Port}", "-r", "-t", $"{Prefix}/attic/state", "-m", "old");
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/+/state");
        Assert.Equal("old", (await consumer.NextAsync()).Payload);
        await using var desk = RunningDesk.Start(Some.Options(broker.Port), filters: [$"{Prefix}/+/state"]);

        Assert.Equal(new Received($"{Prefix}/attic/state", false, ""), await consumer.NextAsync());
        desk.Say(($"{Prefix}/door/state", "a"), ($"{Prefix}/gate/state", "b"));
        Assert.Equal(["a", "b"], (await consumer.TakeAsync(2)).Select(m => m.Payload).Order());
        desk.Say(($"{Prefix}/door/state", "a"), ($"{Prefix}/gate/state", "c"));
        Assert.Equal(new Received($"{Prefix}/gate/state", false, "c"), await consumer.NextAsync());
        desk.Say(($"{Prefix}/gate/state", "c"));
        Assert.Equal(new Received($"{Prefix}/door/state", false, ""), await consumer.NextAsync());

        // A broker that forgets everything.
        await broker.StopAsync();
        await broker.StartAgainAsync();
        await desk.ConnectedAsync(times: 2);
        await using var late = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/+/state");
        Assert.Equal(($"{Prefix}/gate/state", "c"), await late.NextAsync() is var m ? (m.Topic, m.Payload) : default);
    }

    [Fact]
    public async Task What_is_too_large_for_the_broker_is_not_said_and_costs_no_connection()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder(), "max_packet_size 2000");
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/+/state");
        await using var desk = RunningDesk.Start(Some.Options(broker.Port));
        desk.Say(($"{Prefix}/door/snapshot", new string('x', 5000)), ($"{Prefix}/gate/state", "b"));

        Assert.Equal("b", (await consumer.NextAsync()).Payload);
        Assert.Single(desk.Log.Lines, l => l.Contains($" {EventIds.MqttConnected} ", StringComparison.Ordinal));
        Assert.Contains("(2000 bytes)", Assert.Single(desk.Log.Lines, l => l.Contains($" {EventIds.MqttDeskAway} ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("311")]
    public async Task A_command_is_answered_on_its_result_topic(string version)
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/cmd/+/result");
        await using var desk = RunningDesk.Start(Some.Options(broker.Port), Echo);
        await desk.ConnectedAsync();

        Command(broker, "ping", "{\"message\":\"hello\"}", "-V", version);

        var answer = await AnswerAsync(broker, consumer, "ping");
        Assert.Equal($"{Prefix}/cmd/ping/result", answer.Topic);
        Assert.Equal("""{"command":"ping","status":200,"answer":{"echo":{"message":"hello"}}}""", answer.Payload);
    }

    [Fact]
    public async Task A_caller_of_mqtt_5_has_the_answer_where_he_asked_for_it_with_his_correlation_data()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var desk = RunningDesk.Start(Some.Options(broker.Port), Echo);
        await desk.ConnectedAsync();

        var printed = "";
        for (var i = 0; printed.Length == 0 && i < 5; i++)
        {
            printed = await ChildProcess.OutputOfAsync("mosquitto_rr",
                ["-p", $"{broker.Port}", "-V", "5", "-t", $"{Prefix}/cmd/ping", "-e", "replies/me", "-m", "{}", "-D", "publish", "correlation-data", "call-1", "-F", "%D %p", "-W", "5"]);
        }

        Assert.Equal("""call-1 {"command":"ping","status":200,"answer":{"echo":{}}}""", printed.Trim());
    }

    public static TheoryData<string, string[]> Refused => new()
    {
        { "is not run: it would run at every connect", ["-r", "-t", $"{Prefix}/cmd/ping"] },
        { "its response topic 'edgevision/gate-7/door/events/frame' lies among this node's own topics", ["-V", "5", "-t", $"{Prefix}/cmd/ping", "-D", "publish", "response-topic", $"{Prefix}/door/events/frame"] },
        { "its correlation data has 1025 bytes", ["-V", "5", "-t", $"{Prefix}/cmd/ping", "-D", "publish", "correlation-data", new string('x', 1025)] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_command_that_could_do_harm_is_not_run_and_told_in_the_log(string sentence, string[] arguments)
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        // A retained one is there before the node is.
        if (arguments[0] == "-r") ChildProcess.Run("mosquitto_pub", ["-p", $"{broker.Port}", "-m", "{}", .. arguments]);
        await using var desk = RunningDesk.Start(Some.Options(broker.Port), (_, _, _) => throw new InvalidOperationException("It ran."));
        await desk.ConnectedAsync();
        for (var i = 0; i < 100 && !desk.Log.Lines.Any(l => l.Contains(sentence, StringComparison.Ordinal)); i++)
        {
            if (arguments[0] != "-r") ChildProcess.Run("mosquitto_pub", ["-p", $"{broker.Port}", "-m", "{}", .. arguments]);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }

        Assert.Contains(desk.Log.Lines, l => l.Contains(sentence, StringComparison.Ordinal));
        Assert.DoesNotContain(desk.Log.Lines, l => l.Contains("It ran", StringComparison.Ordinal) || l.Contains("should not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_desk_that_hears_no_commands_runs_none()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/#");
        await using var desk = RunningDesk.Start(Some.Options(broker.Port));
        Assert.Equal("online", (await consumer.NextAsync()).Payload);

        Command(broker, "ping", "{}");
        desk.Say(($"{Prefix}/door/state", "a"));

        Assert.Equal([$"{Prefix}/cmd/ping", $"{Prefix}/door/state"], (await consumer.TakeAsync(2)).Select(m => m.Topic));
    }

    [Fact]
    public async Task A_broker_that_lets_the_node_say_nothing_is_named_and_the_desk_lives_on()
    {
        var folder = Mosquitto.NewFolder();
        var acl = Path.Combine(folder, "acl");
        await File.WriteAllTextAsync(acl, "topic read nothing/at/all\n", Stop);
        await using var broker = await Mosquitto.StartAsync(folder, $"acl_file {acl}");
        await using var desk = RunningDesk.Start(Some.Options(broker.Port), Echo);
        desk.Say(($"{Prefix}/door/state", "a"));

        // Mosquitto grants subscriptions that it never serves: only what is said is refused.
        await desk.Log.UntilAsync(EventIds.MqttDeskAway, 1, TimeSpan.FromSeconds(30));

        Assert.Contains(desk.Log.Lines, l => l.Contains("does not take 'edgevision/gate-7/door/state' (NotAuthorized); allow it in the broker's access list.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_a_command_is_it_is_answered_and_the_desk_lives_on()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var consumer = await MosquittoSub.StartAsync(broker.Port, $"{Prefix}/cmd/+/result");
        await using var desk = RunningDesk.Start(Some.Options(broker.Port), (name, body, _) =>
            ValueTask.FromResult(CommandAnswer.Refusal(CommandAnswer.Unknown, $"{name.Length} {body.Length}")));
        await desk.ConnectedAsync();
        string[] names = ["ping", "ä ö", "x\"y", new string('n', 200), "result", "..", "%00"];

        foreach (var name in names)
        {
            Command(broker, name, new string('{', 300));
            var answer = await AnswerAsync(broker, consumer, name, new string('{', 300));
            var json = JsonNode.Parse(answer.Payload)!;
            Assert.Equal((name, 404, $"{name.Length} 300"), ((string?)json["command"], (int)json["status"]!, (string?)json["answer"]!["error"]));
        }
    }

    private static ValueTask<CommandAnswer> Echo(string name, ReadOnlyMemory<byte> arguments, CancellationToken stopping) => ValueTask.FromResult(CommandAnswer.Of(CommandAnswer.Ok, json =>
    {
        json.WritePropertyName("echo");
        json.WriteRawValue(Encoding.UTF8.GetString(arguments.Span));
    }));

    private static void Command(Mosquitto broker, string name, string arguments, params string[] more) =>
        ChildProcess.Run("mosquitto_pub", ["-p", $"{broker.Port}", "-q", "1", "-t", $"{Prefix}/cmd/{name}", "-m", arguments, .. more]);

    /// <summary>The desk is connected a moment before it hears commands: whoever calls in between calls again.</summary>
    private static async Task<Received> AnswerAsync(Mosquitto broker, MosquittoSub consumer, string name, string arguments = "{\"message\":\"hello\"}")
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answer = await consumer.NextAsync(TimeSpan.FromSeconds(3));
                if (answer.Topic == $"{Prefix}/cmd/{name}/result") return answer;
            }
            catch (TimeoutException) when (attempt < 5)
            {
                Command(broker, name, arguments);
            }
        }
    }
}
