using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>What was agreed with a camera before it starts.</summary>
/// <param name="Layout">Of its frames.</param>
/// <param name="Interval">What the driver says it gives; null where it does not.</param>
/// <param name="Crop">What the driver made of the wish; null where none was.</param>
internal readonly record struct V4l2Setup(CaptureLayout Layout, FrameInterval? Interval, SourceRectangle? Crop)
{
    /// <summary>Sets crop, format, rate and controls, in the order in which they depend on each other.</summary>
    /// <exception cref="CaptureException">The wish cannot be met, or the driver refuses.</exception>
    public static V4l2Setup Apply(V4l2Device device, V4l2Wish wish, WantedControls? wanted)
    {
        if (!device.CanCapture) throw new CaptureException($"'{device.Path}' ({device.Name}) gives no pictures now; {V4l2Nodes.Describe()}; name one of these (a v4l2loopback device is one only while a program writes to it).");
        if (!device.CanStream) throw new CaptureException($"The camera {device} cannot stream, only be read from, which is not done here; name another camera.");
        var controls = wanted is null ? null : new CameraControls(device);
        if (controls is not null) wanted!.BeforeFormat(controls);
        SetCrop(device, wish);
        var offer = device.ReadOffer();
        if (!V4l2Negotiation.TryChoose(offer, wish, out var choice, out var reason)) throw Refused(device, reason, offer);
        var layout = SetFormat(device, wish, choice, offer);
        FillFrame(device, layout.Frame);
        var interval = SetRate(device, choice.Interval);
        if (controls is not null) wanted!.AfterFormat(controls);
        return new V4l2Setup(layout, interval, wish.Crop is null ? null : ReadCrop(device));
    }

    private static CaptureLayout SetFormat(V4l2Device device, V4l2Wish wish, in V4l2Choice choice, CameraOffer offer)
    {
        var format = new V4l2Abi.Format { Type = device.BufferType };
        if (device.IsMultiPlanar)
        {
            format.PixMplane.Width = (uint)choice.Width;
            format.PixMplane.Height = (uint)choice.Height;
            format.PixMplane.PixelFormat = choice.Code.Value;
            format.PixMplane.Field = V4l2Abi.FieldNone;
            format.PixMplane.PlaneCount = (byte)V4l2Formats.PlaneBuffers(choice.Code);
        }
        else
        {
            (format.Pix.Width, format.Pix.Height, format.Pix.PixelFormat, format.Pix.Field) = ((uint)choice.Width, (uint)choice.Height, choice.Code.Value, V4l2Abi.FieldNone);
            format.Pix.Priv = V4l2Abi.PrivMagic;
        }

        var error = device.Ioctl(V4l2Abi.SetFmt, ref format);
        if (error != Errno.None) throw V4l2Failure.OfRequest(device, FormattableString.Invariant($"the format {choice.Code} {choice.Width}×{choice.Height}"), error);
        // The type is ours: which part of the answer holds must not be the driver's to say.
        format.Type = device.BufferType;
        if (!CaptureLayout.TryRead(format, out var layout, out var reason)) throw Refused(device, $"it answers with what cannot be read ({reason})", offer);
        if ((wish.Format is { } code && code != layout.Code) || (wish.Width is { } width && width != layout.Frame.Width) || (wish.Height is { } height && height != layout.Frame.Height))
            throw Refused(device, FormattableString.Invariant($"it makes {layout.Code} {layout.Frame.Width}×{layout.Frame.Height} of {wish}"), offer);
        return layout;
    }

    private static FrameInterval? SetRate(V4l2Device device, FrameInterval? wished)
    {
        var parameters = new V4l2Abi.StreamParameters { Type = device.BufferType };
        // Drivers without a rate refuse both requests; frames come as they come.
        if (device.Ioctl(V4l2Abi.GetParm, ref parameters) != Errno.None) return null;
        if (wished is { } interval && (parameters.Capture.Capability & V4l2Abi.CapTimePerFrame) != 0)
        {
            var asked = new V4l2Abi.StreamParameters { Type = device.BufferType };
            asked.Capture.TimePerFrame = new V4l2Abi.Fraction { Numerator = interval.Numerator, Denominator = interval.Denominator };
            var error = device.Ioctl(V4l2Abi.SetParm, ref asked);
            if (error is Errno.ENODEV or Errno.EBUSY) throw V4l2Failure.OfRequest(device, $"a rate of {interval} fps", error);
            if (error == Errno.None) parameters = asked;
        }

        return V4l2Answers.TryInterval(parameters.Capture.TimePerFrame, out var given) ? given : null;
    }

    /// <summary>The wished part; without a wish the whole, as the driver keeps what another program set.</summary>
    private static void SetCrop(V4l2Device device, V4l2Wish wish)
    {
        var selection = Select(V4l2Abi.SelectCropDefault);
        if (wish.Crop is { } crop) selection.Rect = new V4l2Abi.Rect { Left = crop.Left, Top = crop.Top, Width = (uint)crop.Width, Height = (uint)crop.Height };
        else if (device.Ioctl(V4l2Abi.GetSelection, ref selection) != Errno.None) return;

        selection.Target = V4l2Abi.SelectCrop;
        var error = device.Ioctl(V4l2Abi.SetSelection, ref selection);
        if (wish.Crop is null || error == Errno.None) return;
        if (error is Errno.EINVAL or Errno.ENOTTY or Errno.ENODATA) throw new CaptureException($"The camera {device} cannot crop ({error} for crop={wish.Crop}); leave crop away and limit detection to zones, or use a camera that can.");
        throw V4l2Failure.OfRequest(device, $"crop={wish.Crop}", error);
    }

    /// <summary>What the driver made of the wish, after format and all; null when it does not tell.</summary>
    private static SourceRectangle? ReadCrop(V4l2Device device)
    {
        var selection = Select(V4l2Abi.SelectCrop);
        if (device.Ioctl(V4l2Abi.GetSelection, ref selection) != Errno.None) return null;
        return new SourceRectangle(selection.Rect.Left, selection.Rect.Top, (int)Math.Min(selection.Rect.Width, V4l2Device.MaxSide), (int)Math.Min(selection.Rect.Height, V4l2Device.MaxSide));
    }

    /// <summary>The picture shall fill the frame: a driver that can place it keeps the place of an earlier, smaller one. Most cannot, and refuse.</summary>
    private static void FillFrame(V4l2Device device, in FrameFormat frame)
    {
        var selection = Select(V4l2Abi.SelectCompose);
        selection.Rect = new V4l2Abi.Rect { Width = (uint)frame.Width, Height = (uint)frame.Height };
        _ = device.Ioctl(V4l2Abi.SetSelection, ref selection);
    }

    /// <summary>Of capture in any case: these requests take no multi-planar type.</summary>
    private static V4l2Abi.Selection Select(uint target) => new() { Type = V4l2Abi.TypeCapture, Target = target };

    private static CaptureException Refused(V4l2Device device, string reason, CameraOffer offer) =>
        new($"The camera {device} cannot be used so: {reason}; it offers {offer}.");
}
