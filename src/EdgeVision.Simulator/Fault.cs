namespace EdgeVision.Simulator;

/// <summary>What can be made to go wrong, beside pausing and kicking.</summary>
[Flags]
public enum Fault
{
    None = 0,

    /// <summary>Each restart of the hub brings a new CA of the same name; switched on while it runs, at once as well.</summary>
    RenewCa = 1,

    /// <summary>The workload API answers in chunks, without Content-Length (which the C# SDK 1.42 does not survive).</summary>
    Chunked = 2,

    /// <summary>Every eleventh connection to the workload API is closed without an answer, however few are open.</summary>
    DropEleventh = 4,

    /// <summary>The hub believes a token for a minute at most after it has seen it first, and drops the connection then.</summary>
    TokenOneMinute = 8,
}
