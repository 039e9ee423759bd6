using System.Buffers;
using System.Text.Json;
using EdgeVision.Commands;
using MQTTnet;

namespace EdgeVision.Mqtt;

/// <summary>A command that came by MQTT, and where its answer goes.</summary>
/// <param name="Command">Its name, as the caller wrote it.</param>
/// <param name="Topic">Of the answer.</param>
/// <param name="Correlation">MQTT 5.0, section 3.3.2.3.6: goes back with the answer; null without.</param>
internal sealed record MqttCall(string Command, string Topic, byte[]? Correlation)
{
    public const int MaxCorrelation = 1024;

    /// <summary>Makes a repeat known where the caller gave his call a mark; without one each is a call of its own.</summary>
    public string Request { get; } = Correlation is { Length: > 0 } ? $"{Topic} {Convert.ToHexString(Correlation)}" : Guid.NewGuid().ToString();

    /// <summary><c>{"command":"ping","status":200,"answer":{…}}</c>.</summary>
    public MqttApplicationMessage Message(CommandAnswer answer)
    {
        var body = new ArrayBufferWriter<byte>(answer.Body.Length + 64);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("command"u8, Command);
            json.WriteNumber("status"u8, answer.Status);
            json.WritePropertyName("answer"u8);
            json.WriteRawValue(answer.Body.Span, skipInputValidation: true);
            json.WriteEndObject();
        }

        return new MqttApplicationMessage { Topic = Topic, Payload = new(body.WrittenMemory), ContentType = "application/json", CorrelationData = Correlation };
    }
}
