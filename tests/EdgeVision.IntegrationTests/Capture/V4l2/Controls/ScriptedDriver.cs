using System.Globalization;
using System.Text;
using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Controls;

/// <summary>A camera's driver, as far as controls go: answers from a list, and remembers what it was asked to set, in order.</summary>
internal sealed unsafe class ScriptedDriver : IV4l2Driver
{
    private readonly SortedDictionary<uint, Entry> _controls = [];

    /// <summary>id = value, in the order they were set.</summary>
    public List<string> Written { get; } = [];

    /// <summary>Value by id.</summary>
    public Dictionary<uint, long> Values { get; } = [];

    /// <summary>What the driver does with a value before it keeps it.</summary>
    public Func<uint, long, long> Rounds { get; set; } = static (_, value) => value;

    /// <summary>Why it refuses to set.</summary>
    public Func<uint, Errno> Refuses { get; set; } = static _ => Errno.None;

    /// <summary>What is to be answered to a query now.</summary>
    public Func<uint, ControlTraits, ControlTraits> Holds { get; set; } = static (_, traits) => traits;

    public ScriptedDriver Has(uint id, ControlKind kind, string label, long minimum, long maximum, ulong step = 1, ControlTraits traits = 0, params (uint Index, string Name)[] items)
    {
        _controls[id] = new Entry((uint)kind, label, minimum, maximum, step, traits, items);
        Values[id] = minimum;
        return this;
    }

    public CameraControls Open()
    {
        Assert.True(V4l2Device.TryOpen(this, "/dev/video7", out var device, out var error), error);
        return new CameraControls(device);
    }

    public Errno Ioctl(uint request, void* argument)
    {
        if (request == V4l2Abi.QueryCap) return Errno.None;
        if (request == ControlAbi.QueryExtended) return Query(ref *(QueriedControl*)argument);
        if (request == ControlAbi.QueryMenu) return Menu(ref *(QueriedItem*)argument);
        if (request == ControlAbi.GetExtended) return Get(((ControlValues*)argument)->First);
        return request == ControlAbi.SetExtended ? Set(((ControlValues*)argument)->First) : Errno.ENOTTY;
    }

    public Errno Poll(PollEvents wanted, int timeoutMs, out PollEvents happened) => throw new NotSupportedException();

    public Errno Map(nuint length, long offset, out nint address) => throw new NotSupportedException();

    public Errno Unmap(nint address, nuint length) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private Errno Query(ref QueriedControl query)
    {
        var id = query.Id & ~ControlAbi.Next;
        if (id != query.Id) id = _controls.Keys.FirstOrDefault(k => k > id);
        if (!_controls.TryGetValue(id, out var control)) return Errno.EINVAL;
        query = new QueriedControl
        {
            Id = id,
            Type = control.Type,
            Minimum = control.Minimum,
            Maximum = control.Maximum,
            Step = control.Step,
            Default = control.Minimum,
            Flags = (uint)Holds(id, control.Traits),
        };
        fixed (byte* name = query.Name) Encoding.ASCII.GetBytes(control.Label, new Span<byte>(name, 31));
        return Errno.None;
    }

    private Errno Menu(ref QueriedItem item)
    {
        var index = item.Index;
        var found = _controls[item.Id].Items.FirstOrDefault(i => i.Index == index);
        if (found.Name is null) return Errno.EINVAL;
        fixed (byte* name = item.Name)
        {
            if (_controls[item.Id].Type == (uint)ControlKind.IntegerMenu) *(long*)name = long.Parse(found.Name, CultureInfo.InvariantCulture);
            else Encoding.ASCII.GetBytes(found.Name, new Span<byte>(name, 32));
        }
        return Errno.None;
    }

    private Errno Get(ControlValue* value)
    {
        value->Value = Values[value->Id];
        return Errno.None;
    }

    private Errno Set(ControlValue* value)
    {
        if (Refuses(value->Id) is not Errno.None and var why) return why;
        var number = _controls[value->Id].Type == (uint)ControlKind.Integer64 ? value->Value : (int)value->Value;
        Values[value->Id] = Rounds(value->Id, number);
        Written.Add(string.Create(CultureInfo.InvariantCulture, $"{_controls[value->Id].Label} = {number}"));
        return Errno.None;
    }

    private sealed record Entry(uint Type, string Label, long Minimum, long Maximum, ulong Step, ControlTraits Traits, (uint Index, string Name)[] Items);
}
