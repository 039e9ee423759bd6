namespace EdgeVision.Azure.Hub;

/// <summary>What a hub sends to a module, as its topic says; the payload comes beside it.</summary>
public abstract record HubArrival
{
    private HubArrival()
    {
    }

    /// <summary>To a request for the twin, or a report of ours.</summary>
    /// <param name="Status">200 or 204; 400, 429, 5xx.</param>
    /// <param name="Request">Ours.</param>
    /// <param name="Version">Of the reported properties; an edgeHub leaves it out.</param>
    public sealed record TwinAnswer(int Status, long Request, long? Version) : HubArrival;

    /// <summary>Desired properties changed.</summary>
    public sealed record DesiredPatch(long? Version) : HubArrival;

    /// <summary>A direct method is called.</summary>
    /// <param name="Name">Of the method.</param>
    /// <param name="Request">The caller's, echoed in the answer; a repeat has the same.</param>
    public sealed record Method(string Name, string Request) : HubArrival;

    /// <summary>A message was routed to an input.</summary>
    public sealed record Input(string Name, IReadOnlyDictionary<string, string> Properties) : HubArrival;
}
