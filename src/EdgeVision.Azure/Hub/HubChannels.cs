using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Diagnostics.PacketInspection;
using MQTTnet.Formatter;
using MQTTnet.Implementations;

namespace EdgeVision.Azure.Hub;

/// <summary>MQTTnet's own way to a TCP connection with TLS, with a <see cref="HubChannel"/> around it.</summary>
internal sealed class HubChannels : IMqttClientAdapterFactory
{
    private HubChannel? _channel;

    /// <summary>What the hub sent that no hub sends, as the rest of a sentence; null while all is well. The client itself may tell of nothing but the end that followed.</summary>
    public string? Violation => Volatile.Read(ref _channel)?.Violation;

    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger)
    {
        var channel = new HubChannel(new MqttTcpChannel(options));
        Volatile.Write(ref _channel, channel);
        return new MqttChannelAdapter(channel, new MqttPacketFormatterAdapter(options.ProtocolVersion, new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)), logger)
        {
            AllowPacketFragmentation = options.AllowPacketFragmentation,
            PacketInspector = packetInspector,
        };
    }
}
