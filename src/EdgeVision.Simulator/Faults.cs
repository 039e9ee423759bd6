namespace EdgeVision.Simulator;

/// <summary>The faults that are on. Any thread.</summary>
internal sealed class Faults(Fault initial)
{
    public static IReadOnlyList<(string Name, Fault Fault)> Names { get; } =
        [("renew-ca", Fault.RenewCa), ("chunked", Fault.Chunked), ("drop-11th", Fault.DropEleventh), ("token-1min", Fault.TokenOneMinute)];

    private int _on = (int)initial;

    public bool IsOn(Fault fault) => (Volatile.Read(ref _on) & (int)fault) != 0;

    public void Set(Fault fault, bool on)
    {
        if (on) Interlocked.Or(ref _on, (int)fault);
        else Interlocked.And(ref _on, ~(int)fault);
    }

    public static bool TryParse(string name, out Fault fault)
    {
        fault = Names.FirstOrDefault(n => n.Name == name).Fault;
        return fault != Fault.None;
    }
}
