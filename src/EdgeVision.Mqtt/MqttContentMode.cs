namespace EdgeVision.Mqtt;

/// <summary>Where the attributes of a CloudEvent stand (CloudEvents 1.0 MQTT binding, section 3).</summary>
public enum MqttContentMode
{
    /// <summary>In the payload, with the data.</summary>
    Structured,

    /// <summary>Beside the payload, as user properties; the payload is the data alone. MQTT 5.0 only.</summary>
    Binary,
}
