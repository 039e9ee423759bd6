using EdgeVision.Commands;
using EdgeVision.Events;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Local;

/// <summary>The node's desk at the local broker: status, states, commands, and what Home Assistant is told. Another broker means another desk.</summary>
internal sealed class LocalDesk(NodeIdentity node, CameraStates states, HomeAssistantBoard home, CommandDesk commands, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private Supervisor? _running;

    /// <param name="options">With a host.</param>
    public void Start(MqttOptions options)
    {
        var desk = new MqttDesk(options, node, Board, options.Commands ? commands : null, time, logs.CreateLogger("mqtt"));
        _running = new Supervisor(time, logs.CreateLogger("supervisor"));
        _running.Run("mqtt desk", desk.RunAsync, Retries.OfCameras());
    }

    /// <summary>Says goodbye where it was.</summary>
    public async Task ReplaceAsync(MqttOptions options)
    {
        await DisposeAsync();
        Start(options);
    }

    private RetainedBoard Board(EventTopics topics)
    {
        var messages = states.Messages(topics);
        IReadOnlyList<string> others = home.AddTo(messages, topics);
        return new RetainedBoard(messages, [topics.States, .. others]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is { } running) await running.DisposeAsync();
        _running = null;
    }
}
