using EdgeVision.Commands;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Mqtt;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>A desk that runs until it is disposed.</summary>
internal sealed class RunningDesk : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly CommandDesk _commands;
    private readonly Task _run;
    private Dictionary<string, string> _messages = [];

    private RunningDesk(MqttOptions options, CommandHandler? handler, string[] filters, TimeProvider time)
    {
        _commands = new CommandDesk(handler ?? ((_, _, _) => throw new InvalidOperationException("called")), time, Log);
        var desk = new MqttDesk(
            options, Some.Node, _ => new RetainedBoard(Volatile.Read(ref _messages).ToDictionary(m => m.Key, m => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(m.Value)), filters),
            handler is null ? null : _commands, time, Log, new RetrySchedule(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), new Random(3)));
        Topics = desk.Topics;
        _run = Task.Run(() => desk.RunAsync(_stop.Token));
    }

    public CollectingLog Log { get; } = new();

    public EventTopics Topics { get; }

    public static RunningDesk Start(MqttOptions options, CommandHandler? handler = null, string[]? filters = null, TimeProvider? time = null) => new(options, handler, filters ?? [], time ?? TimeProvider.System);

    /// <summary>What shall stand at the broker from now on.</summary>
    public void Say(params (string Topic, string Payload)[] messages) => Volatile.Write(ref _messages, messages.ToDictionary(m => m.Topic, m => m.Payload));

    public Task ConnectedAsync(int times = 1) => Log.UntilAsync(EventIds.MqttConnected, times, Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _run.WaitAsync(Patience);
        }
        catch (OperationCanceledException)
        {
            // As it ends.
        }

        await _commands.DisposeAsync();
        _stop.Dispose();
    }
}
