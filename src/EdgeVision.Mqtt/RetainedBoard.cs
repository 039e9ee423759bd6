namespace EdgeVision.Mqtt;

/// <summary>What shall stand at the broker as retained messages, all of it, at this moment.</summary>
/// <param name="Messages">Payloads by topic; none is empty.</param>
/// <param name="Filters">Topics that are nobody's but this node's: what stands there and is not among the messages is of a camera that is gone, and is removed.</param>
public sealed record RetainedBoard(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Messages, IReadOnlyList<string> Filters)
{
    public static RetainedBoard Empty { get; } = new(new Dictionary<string, ReadOnlyMemory<byte>>(), []);
}
