using System.Diagnostics;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.IntegrationTests.Module;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.IntegrationTests.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Delivery;

/// <summary>
/// The promise, against what really happens: <c>edgevision run</c> is killed by SIGKILL at random moments under load while its broker is
/// restarted, goes away, hangs and refuses. Once for each order of delivery; live first in small batches, so that there is a backlog every
/// time. <c>EDGEVISION_FAULTS=1</c> makes it 200 kills and 50 restarts instead of 10 and 3.
/// </summary>
public sealed class FaultTests : IDisposable
{
    private static readonly NodeIdentity Node = new("fault", "edgevision", "test", static () => true);
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("EDGEVISION_FAULTS") == "1";
    private static readonly (int Kills, int Restarts) Wanted = IsLong ? (200, 50) : (10, 3);

    private readonly TemporaryFolder _folder = new();
    private readonly ToyModel _model = ToyModel.Answering(new float[9]);
    private readonly Random _random = new(20261123);
    private string _order = "";

    private string Data => _folder["data"];

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("oldestFirst", 1)]
    [InlineData("liveFirst", 2)]
    public async Task Killed_nodes_and_a_broker_that_misbehaves_lose_nothing_and_change_no_order(string order, int streams)
    {
        _order = order;
        var begun = Stopwatch.GetTimestamp();
        await using var broker = await UnreliableBroker.StartAsync(new Random(_random.Next()));
        await using var consumer = await DurableConsumer.StartAsync(broker.Port, "-u", "consumer", "-P", "listens");
        var kills = 0;
        // More often than the node dies, so that the short run, too, sees all that a broker can do.
        var misbehaving = broker.MisbehaveAsync(() => kills >= Wanted.Kills && broker.Restarts >= Wanted.Restarts, TimeSpan.FromSeconds(2));
        while (kills < Wanted.Kills || !misbehaving.IsCompleted)
        {
            await KillSometimeAsync(broker.Port);
            kills++;
        }

        await misbehaving;
        var last = await FinishAsync(broker.Port);

        await consumer.ReachAsync(last, TimeSpan.FromSeconds(20));
        Report($"{order}: {kills} × kill -9; broker: {broker.Restarts} restarts ({broker.Absences} with an absence, {broker.Refusals} with a refusal), {broker.Hangs} hangs; "
            + $"{last} events appended, {consumer.Messages} messages, {consumer.Messages - consumer.Events} of them again, {consumer.Missing(last).Count()} missing, {consumer.Streams} streams a camera; "
            + $"{Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s");
        Assert.Empty(consumer.Wrong);
        Assert.Empty(consumer.Missing(last));
        Assert.InRange(consumer.Streams, 1, streams);
        Assert.Equal(last, consumer.Events);
        Assert.True(last > 20 * kills, $"{last} events are no load.");
    }

    /// <summary>One in five dies while it starts, the others under load.</summary>
    private async Task KillSometimeAsync(int port)
    {
        await using var run = StartNode(port);
        if (_random.Next(5) > 0) await run.LineAsync("Camera b runs", error: true);
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1500)), TimeProvider.System, TestContext.Current.CancellationToken);
        run.Kill();
        await run.ExitAsync();
    }

    /// <summary>A last run with a broker that is well; the number of the last event appended, by the outbox itself.</summary>
    private async Task<long> FinishAsync(int port)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var run = StartNode(port, "--frames", "200");
            Assert.True(await run.ExitAsync() == 0, run.Stderr);
            await using var outbox = Outbox.Open(Data, OptionsReader.Defaults(OutboxOptions.Read), Node, ["mqtt"], TimeProvider.System, NullLogger.Instance);
            Assert.Empty(outbox.DeadLetters(10));
            // A stop ends after 10 s in any case: a backlog may need another one.
            if (outbox.Depth("mqtt") == 0) return outbox.LastSequence;
            Assert.True(attempt < 10, run.Stderr);
        }
    }

    private EdgeVisionProcess StartNode(int port, params string[] more) => EdgeVisionProcess.StartWith(
        new Dictionary<string, string> { ["EDGEVISION__MQTT__PASSWORD"] = "speaks" }, ["run", "--config", Configuration(port), "--model", _model.Folder, "--data", Data, .. more]);

    private string Configuration(int port)
    {
        var path = _folder["node.json"];
        File.WriteAllText(path, $$"""
            { "EdgeVision": {
                "Cameras": {
                  "a": { "Uri": "test:pattern?fps=500&width=64&height=64", "Events": { "Sampling": "every" } },
                  "b": { "Uri": "test:pattern?fps=500&width=64&height=64", "Events": { "Sampling": "every" } } },
                "Mqtt": { "Host": "127.0.0.1", "Port": {{port}}, "User": "node", "TimeoutMs": 1000, "Delivery": { "Order": "{{_order}}", "BacklogPerSecond": {{(_order == "liveFirst" ? 1000 : 0)}} } },
                "Outbox": { "BatchSize": {{(_order == "liveFirst" ? 8 : 128)}} } } }
            """);
        return path;
    }

    private static void Report(string figures)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        TestContext.Current.SendDiagnosticMessage(figures);
    }
}
