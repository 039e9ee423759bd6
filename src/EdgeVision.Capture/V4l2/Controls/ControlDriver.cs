using System.Globalization;
using System.Text;
using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>Asks a driver for its controls. What it answers is checked and bounded: a driver is outside code too.</summary>
internal sealed unsafe class ControlDriver(IV4l2Driver driver)
{
    /// <summary>Real cameras have 10 to 80; vivid about 60.</summary>
    private const int MostControls = 1024;

    /// <summary>The kernel's own menus have at most some dozens.</summary>
    private const int MostItems = 256;

    /// <summary>Texts are names of things; longer ones are not read.</summary>
    private const int MostTextBytes = 4096;

    /// <summary>V4L2_CTRL_TYPE_CTRL_CLASS: not a control, the heading of those behind it.</summary>
    private const uint Heading = 6;

    /// <summary>All that are not disabled, in the driver's order. Empty when the device has none.</summary>
    public List<CameraControl> List()
    {
        var controls = new List<CameraControl>();
        var (id, group) = (0u, "");
        for (var asked = 0; asked < MostControls; asked++)
        {
            if (Query(id | ControlAbi.Next, out var answer) is not Errno.None) break;
            // A driver that does not count up would be asked for ever.
            if (answer.Id <= id || (answer.Id & ControlAbi.Next) != 0) break;
            id = answer.Id;
            var label = V4l2Text.Read(new ReadOnlySpan<byte>(answer.Name, 32));
            if (answer.Type == Heading) group = label;
            else if ((Known(answer.Flags) & ControlTraits.Disabled) == 0) controls.Add(Describe(answer, label, group));
        }

        return controls;
    }

    /// <summary>What holds of it now: modes come and go with other controls.</summary>
    public ControlTraits Traits(CameraControl control) =>
        Query(control.Id, out var answer) is Errno.None && answer.Id == control.Id ? Known(answer.Flags) : control.Traits;

    public Errno Get(CameraControl control, out long value)
    {
        var wanted = new ControlValue { Id = control.Id };
        var error = Exchange(ControlAbi.GetExtended, &wanted);
        value = control.Kind is ControlKind.Integer64 ? wanted.Value : control.Kind is ControlKind.Bitmask ? (uint)wanted.Value : (int)wanted.Value;
        return error;
    }

    public Errno Set(CameraControl control, long value)
    {
        var wanted = new ControlValue { Id = control.Id, Value = control.Kind is ControlKind.Integer64 ? value : (uint)value };
        return Exchange(ControlAbi.SetExtended, &wanted);
    }

    public Errno GetText(CameraControl control, out string text)
    {
        var buffer = new byte[TextBytes(control)];
        fixed (byte* first = buffer)
        {
            var wanted = new ControlValue { Id = control.Id, Size = (uint)buffer.Length, Value = (nint)first };
            var error = Exchange(ControlAbi.GetExtended, &wanted);
            text = error is Errno.None ? V4l2Text.Read(buffer) : "";
            return error;
        }
    }

    public Errno SetText(CameraControl control, string text)
    {
        var buffer = new byte[TextBytes(control)];
        if (!Encoding.UTF8.TryGetBytes(text, buffer.AsSpan(0, buffer.Length - 1), out _)) return Errno.ERANGE;
        fixed (byte* first = buffer)
        {
            var wanted = new ControlValue { Id = control.Id, Size = (uint)buffer.Length, Value = (nint)first };
            return Exchange(ControlAbi.SetExtended, &wanted);
        }
    }

    private static ControlTraits Known(uint flags) => (ControlTraits)flags & ControlTraits.All;

    /// <summary>With the NUL at its end, which the driver counts.</summary>
    private static int TextBytes(CameraControl control) => (int)Math.Clamp(control.Maximum, 0, MostTextBytes) + 1;

    private Errno Query(uint id, out QueriedControl answer)
    {
        answer = new QueriedControl { Id = id };
        fixed (QueriedControl* pointer = &answer) return driver.Ioctl(ControlAbi.QueryExtended, pointer);
    }

    private Errno Exchange(uint request, ControlValue* value)
    {
        // One at a time: of several the kernel says only that one is wrong, and sets none.
        var list = new ControlValues { Count = 1, First = value };
        return driver.Ioctl(request, &list);
    }

    private CameraControl Describe(in QueriedControl answer, string label, string group)
    {
        var traits = Known(answer.Flags);
        var kind = (ControlKind)answer.Type;
        if (kind is not ((>= ControlKind.Integer and <= ControlKind.Integer64) or (>= ControlKind.Text and <= ControlKind.IntegerMenu))) kind = ControlKind.Other;
        // An array of numbers has the numbers' type.
        if (answer.Dimensions > 0 || ((traits & ControlTraits.HasPayload) != 0 && kind is not ControlKind.Text)) kind = ControlKind.Other;
        return new CameraControl
        {
            Id = answer.Id,
            Name = ControlNames.FromLabel(label) is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"control_{answer.Id:x8}"),
            Label = label,
            Group = group,
            Kind = kind,
            Minimum = answer.Minimum,
            Maximum = kind is ControlKind.Bitmask ? (uint)answer.Maximum : answer.Maximum,
            Step = Math.Max(1, answer.Step),
            Default = answer.Default,
            Traits = traits,
            Items = kind is ControlKind.Menu or ControlKind.IntegerMenu ? Items(answer, kind) : [],
        };
    }

    private List<ControlItem> Items(in QueriedControl menu, ControlKind kind)
    {
        var items = new List<ControlItem>();
        // 32-bit indices; a menu has gaps where the camera lacks the item.
        var first = Math.Clamp(menu.Minimum, 0, int.MaxValue);
        var last = Math.Min(Math.Clamp(menu.Maximum, 0, int.MaxValue), first + MostItems - 1);
        for (var index = first; index <= last; index++)
        {
            var item = new QueriedItem { Id = menu.Id, Index = (uint)index };
            if (driver.Ioctl(ControlAbi.QueryMenu, &item) is not Errno.None) continue;
            items.Add(new ControlItem(index, kind is ControlKind.Menu ? V4l2Text.Read(new ReadOnlySpan<byte>(item.Name, 32)) : (*(long*)item.Name).ToString(CultureInfo.InvariantCulture)));
        }

        return items;
    }
}
