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
    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) => new MqttChannelAdapter(
        new HubChannel(new MqttTcpChannel(options)),
        new MqttPacketFormatterAdapter(options.ProtocolVersion, new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)),
        logger)
    {
        AllowPacketFragmentation = options.AllowPacketFragmentation,
        PacketInspector = packetInspector,
    };
}
