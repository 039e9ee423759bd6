namespace EdgeVision.Simulator;

/// <summary>The faults that are on. Any thread.</summary>
public sealed class Faults
{
    /// <summary>As they are typed.</summary>
    public static IReadOnlyList<(string Name, Fault Fault)> Names { get; } =
        [("renew-ca", Fault.RenewCa), ("chunked", Fault.Chunked), ("drop-11th", Fault.DropEleventh), ("token-1min", Fault.TokenOneMinute)];

    private int _on;

    internal Faults(Fault initial) => _on = (int)initial;

    public bool IsOn(Fault fault) => (Volatile.Read(ref _on) & (int)fault) != 0;

    internal void Set(Fault fault, bool on)
    {
        if (on) Interlocked.Or(ref _on, (int)fault);
        else Interlocked.And(ref _on, ~(int)fault);
    }

    /// <summary>False for a name that none has.</summary>
    public static bool TryParse(string name, out Fault fault)
    {
        fault = Names.FirstOrDefault(n => n.Name == name).Fault;
        return fault != Fault.None;
    }
}
