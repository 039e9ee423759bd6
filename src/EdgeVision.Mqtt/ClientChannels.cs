using System.Net;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Diagnostics.PacketInspection;
using MQTTnet.Formatter;
using MQTTnet.Implementations;

namespace EdgeVision.Mqtt;

/// <summary>MQTTnet's own way to a broker, with a <see cref="PacketLimit"/> around it: a client of 3.1.1 cannot tell a broker what is too large for it.</summary>
internal sealed class ClientChannels : IMqttClientAdapterFactory
{
    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) => new MqttChannelAdapter(
        new PacketLimit(new MqttTcpChannel(options), static (EndPoint? _, int _) => { }),
        new MqttPacketFormatterAdapter(options.ProtocolVersion, new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)),
        logger)
    {
        AllowPacketFragmentation = options.AllowPacketFragmentation,
        PacketInspector = packetInspector,
    };
}
