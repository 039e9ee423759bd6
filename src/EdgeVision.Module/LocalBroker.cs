using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>The broker that the node brings along while none is configured.</summary>
internal sealed class LocalBroker(TimeProvider time, ILogger log) : IAsyncDisposable
{
    private EmbeddedBroker? _broker;
    private EmbeddedBroker? _retired;

    /// <summary>Events go to a broker of our own.</summary>
    public bool IsEmbedded => _broker is not null;

    /// <summary>Where events go under these options; starts a broker where they name none. One that is needed no more runs on until <see cref="RetireAsync"/>.</summary>
    public async Task<MqttOptions> PrepareAsync(MqttOptions options)
    {
        if (options.Host is not null)
        {
            (_retired, _broker) = (_broker, null);
            return options;
        }

        if (_broker?.WantedPort != options.EmbeddedPort) (_retired, _broker) = (_broker, await EmbeddedBroker.StartAsync(options.EmbeddedPort, time, log));
        return options.AtLoopback(_broker!.Port);
    }

    /// <summary>Closes what the last change left behind, once nobody publishes to it.</summary>
    public async ValueTask RetireAsync()
    {
        if (_retired is { } retired) await retired.DisposeAsync();
        _retired = null;
    }

    public async ValueTask DisposeAsync()
    {
        await RetireAsync();
        if (_broker is { } broker) await broker.DisposeAsync();
    }
}
