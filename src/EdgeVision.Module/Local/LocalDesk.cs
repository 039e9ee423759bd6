using EdgeVision.Commands;
using EdgeVision.Events;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Local;

/// <summary>The node's desk at the local broker: status, states, commands. Another broker means another desk.</summary>
internal sealed class LocalDesk(NodeIdentity node, CameraStates states, CommandDesk commands, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private Supervisor? _running;

    /// <param name="options">With a host.</param>
    public void Start(MqttOptions options)
    {
        var desk = new MqttDesk(options, node, topics => new RetainedBoard(states.Messages(topics), [topics.States]), options.Commands ? commands : null, time, logs.CreateLogger("mqtt"));
        _running = new Supervisor(time, logs.CreateLogger("supervisor"));
        _running.Run("mqtt desk", desk.RunAsync, Retries.OfCameras());
    }

    /// <summary>Says goodbye where it was.</summary>
    public async Task ReplaceAsync(MqttOptions options)
    {
        await DisposeAsync();
        Start(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is { } running) await running.DisposeAsync();
        _running = null;
    }
}
