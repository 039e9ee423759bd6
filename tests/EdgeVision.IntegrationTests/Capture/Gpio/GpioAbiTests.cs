using System.Globalization;
using System.Runtime.CompilerServices;
using EdgeVision.Capture.Gpio;

namespace EdgeVision.IntegrationTests.Capture.Gpio;

/// <summary>Our structures against what gcc makes of the kernel's header, on both architectures (tests/assets/gpio-abi).</summary>
public sealed class GpioAbiTests
{
    [Fact]
    public void Structures_and_requests_are_the_kernels()
    {
        var ours = new SortedDictionary<string, string>(Ours().ToDictionary(l => l.Name, l => l.Layout), StringComparer.Ordinal);
        var kernels = File.ReadLines(Path.Combine(Repository.Asset("gpio-abi"), "layout.txt")).Select(l => l.Split(' ', 2)).ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(new SortedDictionary<string, string>(kernels, StringComparer.Ordinal), ours);
    }

    private static unsafe List<(string Name, string Layout)> Ours()
    {
        var lines = new List<(string Name, string Layout)>();

        void Struct(string name, int size) => lines.Add((name, size.ToString(CultureInfo.InvariantCulture)));
        void Field<T, TField>(string name, ref T start, ref TField field, int? size = null)
            where TField : unmanaged =>
            lines.Add((name, string.Create(CultureInfo.InvariantCulture, $"{Unsafe.ByteOffset(ref Unsafe.As<T, byte>(ref start), ref Unsafe.As<TField, byte>(ref field))} {size ?? sizeof(TField)}")));
        void Request(string name, uint number) => lines.Add((name, number.ToString(CultureInfo.InvariantCulture)));

        Struct("gpiochip_info", sizeof(GpioChipInfo));
        var chip = default(GpioChipInfo);
        Field("gpiochip_info.name", ref chip, ref chip.Name);
        Field("gpiochip_info.label", ref chip, ref chip.Label);
        Field("gpiochip_info.lines", ref chip, ref chip.Lines);

        Struct("gpio_v2_line_values", sizeof(GpioValues));
        var values = default(GpioValues);
        Field("gpio_v2_line_values.bits", ref values, ref values.Bits);
        Field("gpio_v2_line_values.mask", ref values, ref values.Mask);

        Struct("gpio_v2_line_attribute", sizeof(GpioAttribute));
        var attribute = default(GpioAttribute);
        Field("gpio_v2_line_attribute.id", ref attribute, ref attribute.Id);
        Field("gpio_v2_line_attribute.padding", ref attribute, ref attribute.Padding);
        Field("gpio_v2_line_attribute.flags", ref attribute, ref attribute.Value);
        Field("gpio_v2_line_attribute.debounce_period_us", ref attribute, ref attribute.Value, size: 4);    // the low half: both architectures are little-endian

        Struct("gpio_v2_line_config_attribute", sizeof(GpioConfigAttribute));
        var configured = default(GpioConfigAttribute);
        Field("gpio_v2_line_config_attribute.attr", ref configured, ref configured.Attribute);
        Field("gpio_v2_line_config_attribute.mask", ref configured, ref configured.Mask);

        Struct("gpio_v2_line_config", sizeof(GpioConfig));
        var config = default(GpioConfig);
        Field("gpio_v2_line_config.flags", ref config, ref config.Flags);
        Field("gpio_v2_line_config.num_attrs", ref config, ref config.AttributeCount);
        Field("gpio_v2_line_config.padding", ref config, ref config.Padding);
        Field("gpio_v2_line_config.attrs", ref config, ref config.Attributes);

        Struct("gpio_v2_line_request", sizeof(GpioRequest));
        var request = default(GpioRequest);
        Field("gpio_v2_line_request.offsets", ref request, ref request.Offsets);
        Field("gpio_v2_line_request.consumer", ref request, ref request.Consumer);
        Field("gpio_v2_line_request.config", ref request, ref request.Config);
        Field("gpio_v2_line_request.num_lines", ref request, ref request.LineCount);
        Field("gpio_v2_line_request.event_buffer_size", ref request, ref request.EventBufferSize);
        Field("gpio_v2_line_request.padding", ref request, ref request.Padding);
        Field("gpio_v2_line_request.fd", ref request, ref request.Descriptor);

        Struct("gpio_v2_line_info", sizeof(GpioLineInfo));
        var info = default(GpioLineInfo);
        Field("gpio_v2_line_info.name", ref info, ref info.Name);
        Field("gpio_v2_line_info.consumer", ref info, ref info.Consumer);
        Field("gpio_v2_line_info.offset", ref info, ref info.Offset);
        Field("gpio_v2_line_info.num_attrs", ref info, ref info.AttributeCount);
        Field("gpio_v2_line_info.flags", ref info, ref info.Flags);
        Field("gpio_v2_line_info.attrs", ref info, ref info.Attributes);
        Field("gpio_v2_line_info.padding", ref info, ref info.Padding);

        Struct("gpio_v2_line_event", sizeof(GpioEvent));
        var edge = default(GpioEvent);
        Field("gpio_v2_line_event.timestamp_ns", ref edge, ref edge.TimestampNanoseconds);
        Field("gpio_v2_line_event.id", ref edge, ref edge.Id);
        Field("gpio_v2_line_event.offset", ref edge, ref edge.Offset);
        Field("gpio_v2_line_event.seqno", ref edge, ref edge.Sequence);
        Field("gpio_v2_line_event.line_seqno", ref edge, ref edge.LineSequence);
        Field("gpio_v2_line_event.padding", ref edge, ref edge.Padding);

        Request("GPIO_GET_CHIPINFO_IOCTL", GpioAbi.ChipInfo);
        Request("GPIO_V2_GET_LINEINFO_IOCTL", GpioAbi.LineInfo);
        Request("GPIO_V2_GET_LINE_IOCTL", GpioAbi.GetLine);
        Request("GPIO_V2_LINE_GET_VALUES_IOCTL", GpioAbi.GetValues);
        Request("GPIO_V2_LINE_SET_VALUES_IOCTL", GpioAbi.SetValues);
        Assert.Equal(GpioAbi.EventSize, sizeof(GpioEvent));
        return lines;
    }
}
