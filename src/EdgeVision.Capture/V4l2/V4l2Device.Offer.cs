using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.V4l2;

/// <summary>What the camera can give.</summary>
public sealed unsafe partial class V4l2Device
{
    /// <summary>Entries read of any list: real drivers have under a hundred, and a broken one must not keep us asking.</summary>
    private const uint MaxEntries = 256;

    /// <summary>Larger is no camera: keeps sizes in bytes far inside int.</summary>
    internal const uint MaxSide = 16384;

    /// <summary>Sizes that people use; shown and tried where a driver offers a range.</summary>
    private static readonly (int Width, int Height)[] CommonSizes = [(640, 480), (1280, 720), (1920, 1080)];

    /// <summary>Asks the driver for all its formats, sizes and rates.</summary>
    public CameraOffer ReadOffer()
    {
        var formats = new List<OfferedFormat>();
        for (var index = 0u; index < MaxEntries; index++)
        {
            var entry = new V4l2Abi.FormatDescription { Index = index, Type = BufferType };
            if (Ioctl(V4l2Abi.EnumFmt, ref entry) != Errno.None) break;
            var code = new FourCc(entry.PixelFormat);
            if (formats.Exists(format => format.Code == code)) continue;
            formats.Add(new OfferedFormat(
                code,
                V4l2Text.Read(new ReadOnlySpan<byte>(entry.Description, 32)),
                V4l2Formats.ToPixels(code),
                (entry.Flags & V4l2Abi.FormatCompressed) != 0,
                (entry.Flags & V4l2Abi.FormatEmulated) != 0,
                ReadSizes(code)));
        }

        return new CameraOffer(formats);
    }

    private List<OfferedSize> ReadSizes(FourCc code)
    {
        var sizes = new List<OfferedSize>();
        for (var index = 0u; index < MaxEntries; index++)
        {
            var entry = new V4l2Abi.FrameSizeEntry { Index = index, PixelFormat = code.Value };
            if (Ioctl(V4l2Abi.EnumFrameSizes, ref entry) != Errno.None || !V4l2Answers.TrySize(entry, out var width, out var height)) break;
            if (width.IsSingle && height.IsSingle)
            {
                sizes.Add(new OfferedSize(width, height, ReadRates(code, width.Max, height.Max)));
                continue;
            }

            foreach (var (commonWidth, commonHeight) in CommonSizes)
            {
                if (width.Contains(commonWidth) && height.Contains(commonHeight))
                    sizes.Add(new OfferedSize(OfferedRange.Single(commonWidth), OfferedRange.Single(commonHeight), ReadRates(code, commonWidth, commonHeight)));
            }

            sizes.Add(new OfferedSize(width, height, ReadRates(code, width.Max, height.Max)));
            // A range is the only entry of its list.
            break;
        }

        return sizes;
    }

    private List<OfferedRate> ReadRates(FourCc code, int width, int height)
    {
        var rates = new List<OfferedRate>();
        for (var index = 0u; index < MaxEntries; index++)
        {
            var entry = new V4l2Abi.FrameIntervalEntry { Index = index, PixelFormat = code.Value, Width = (uint)width, Height = (uint)height };
            if (Ioctl(V4l2Abi.EnumFrameIntervals, ref entry) != Errno.None || !V4l2Answers.TryRate(entry, out var rate)) break;
            rates.Add(rate);
            if (entry.Type != V4l2Abi.Discrete) break;
        }

        return rates;
    }
}
