namespace EdgeVision.Mqtt;

/// <summary>The broker's answer to one event.</summary>
/// <param name="Code">Reason code of the PUBACK; below 0x80 the event is taken.</param>
/// <param name="Said">The broker's own words, where it has any.</param>
/// <param name="Failure">Not null when no answer came.</param>
internal readonly record struct Acknowledgement(int Code, string? Said, Exception? Failure)
{
    public bool IsTaken => Failure is null && Code < 0x80;
}
