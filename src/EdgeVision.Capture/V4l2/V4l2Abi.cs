using System.Runtime.CompilerServices;

namespace EdgeVision.Capture.V4l2;

/// <summary>
/// The kernel's words for video devices: requests, structs, flags; those of controls are in <see cref="Controls.ControlAbi"/>. Source: include/uapi/linux/videodev2.h of Linux 6.1; sizes and offsets are checked
/// against the header compiled for x86-64 and arm64 (tests, Capture/V4l2/layout.golden). Names are the kernel's, spelled as C# spells.
/// </summary>
internal static unsafe partial class V4l2Abi
{
    /// <summary>VIDEO_MAX_FRAME and VIDEO_MAX_PLANES.</summary>
    public const int MaxBuffers = 32, MaxPlanes = 8;

    public static readonly uint QueryCap = FromDriver<Capability>(0);
    public static readonly uint EnumFmt = BothWays<FormatDescription>(2);
    public static readonly uint GetFmt = BothWays<Format>(4);
    public static readonly uint SetFmt = BothWays<Format>(5);
    public static readonly uint ReqBufs = BothWays<RequestBuffers>(8);
    public static readonly uint QueryBuf = BothWays<Buffer>(9);
    public static readonly uint QBuf = BothWays<Buffer>(15);
    public static readonly uint DqBuf = BothWays<Buffer>(17);
    public static readonly uint StreamOn = ToDriver<int>(18);
    public static readonly uint StreamOff = ToDriver<int>(19);
    public static readonly uint GetParm = BothWays<StreamParameters>(21);
    public static readonly uint SetParm = BothWays<StreamParameters>(22);
    public static readonly uint GetInput = FromDriver<int>(38);
    public static readonly uint TryFmt = BothWays<Format>(64);
    public static readonly uint EnumFrameSizes = BothWays<FrameSizeEntry>(74);
    public static readonly uint EnumFrameIntervals = BothWays<FrameIntervalEntry>(75);
    public static readonly uint DqEvent = FromDriver<Event>(89);
    public static readonly uint SubscribeEvent = ToDriver<EventSubscription>(90);
    public static readonly uint GetSelection = BothWays<Selection>(94);
    public static readonly uint SetSelection = BothWays<Selection>(95);

    /// <summary>V4L2_BUF_TYPE_*.</summary>
    public const uint TypeCapture = 1, TypeCaptureMplane = 9;

    /// <summary>V4L2_MEMORY_MMAP.</summary>
    public const uint MemoryMmap = 1;

    /// <summary>V4L2_FIELD_*: whole pictures, and two halves woven into one; the other values are halves alone.</summary>
    public const uint FieldAny = 0, FieldNone = 1, FieldInterlaced = 4, FieldInterlacedTb = 8, FieldInterlacedBt = 9;

    /// <summary>V4L2_CAP_TIMEPERFRAME: the rate can be set.</summary>
    public const uint CapTimePerFrame = 0x1000;

    /// <summary>V4L2_PIX_FMT_PRIV_MAGIC: the fields behind priv are meant.</summary>
    public const uint PrivMagic = 0xfeedcafe;

    /// <summary>V4L2_FMT_FLAG_*.</summary>
    public const uint FormatCompressed = 1, FormatEmulated = 2;

    /// <summary>V4L2_FRMSIZE_TYPE_* and V4L2_FRMIVAL_TYPE_*, which have the same numbers.</summary>
    public const uint Discrete = 1, Continuous = 2, Stepwise = 3;

    /// <summary>V4L2_EVENT_SOURCE_CHANGE, and its flag that the size changed.</summary>
    public const uint EventSourceChange = 5, SourceChangeResolution = 1;

    /// <summary>V4L2_SEL_TGT_CROP* and V4L2_SEL_TGT_COMPOSE (v4l2-common.h).</summary>
    public const uint SelectCrop = 0, SelectCropDefault = 1, SelectCompose = 0x100;

    /// <summary>V4L2_COLORSPACE_*.</summary>
    public const uint ColorspaceRec709 = 3, ColorspaceJpeg = 7, ColorspaceBt2020 = 10, ColorspaceDciP3 = 12;

    /// <summary>V4L2_YCBCR_ENC_*.</summary>
    public const uint EncodingDefault = 0, Encoding601 = 1, Encoding709 = 2, EncodingXv709 = 4, EncodingBt2020 = 6, EncodingBt2020Constant = 7;

    /// <summary>V4L2_QUANTIZATION_*.</summary>
    public const uint QuantizationDefault = 0, QuantizationFull = 1, QuantizationLimited = 2;

    // _IOR, _IOW and _IOWR of include/uapi/asm-generic/ioctl.h, which x86 and arm64 share; 'V' is V4L2's.
    private static uint FromDriver<T>(uint number)
        where T : unmanaged => Request<T>(2, number);

    private static uint ToDriver<T>(uint number)
        where T : unmanaged => Request<T>(1, number);

    private static uint BothWays<T>(uint number)
        where T : unmanaged => Request<T>(3, number);

    private static uint Request<T>(uint direction, uint number)
        where T : unmanaged => (direction << 30) | ((uint)Unsafe.SizeOf<T>() << 16) | ('V' << 8) | number;
}
