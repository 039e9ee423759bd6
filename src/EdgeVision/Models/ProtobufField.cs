namespace EdgeVision.Models;

/// <summary>A field of a protobuf message, its content not yet read.</summary>
/// <param name="Number">In the message's definition.</param>
/// <param name="Value">A varint's value; of a field with bytes, how many.</param>
/// <param name="End">Where the next field begins, from the start of the stream.</param>
internal readonly record struct ProtobufField(int Number, long Value, long End)
{
    /// <summary>A text, bytes or a message.</summary>
    public bool HasBytes { get; init; }
}
