/*
 * Prints layout.golden: sizes, offsets and request numbers of the kernel's video header, beside the names that V4l2Abi gives them.
 *   gcc layout.c -o layout && ./layout > x64.txt
 *   aarch64-linux-gnu-gcc -static layout.c -o layout && qemu-aarch64 ./layout > arm64.txt
 * Both are the same; layout.golden holds them once, with the origin in its first lines.
 */
#include <stddef.h>
#include <stdio.h>
#include <linux/videodev2.h>

#define S(ours, kernels) printf("size %s %zu\n", #ours, sizeof(struct kernels))
#define F(ours, field, kernels, member) printf("field %s.%s %zu\n", #ours, #field, offsetof(struct kernels, member))
#define R(ours, kernels) printf("request %s %lu\n", #ours, (unsigned long)(kernels))

int main(void)
{
    S(Capability, v4l2_capability);
    F(Capability, Driver, v4l2_capability, driver);
    F(Capability, Card, v4l2_capability, card);
    F(Capability, BusInfo, v4l2_capability, bus_info);
    F(Capability, Version, v4l2_capability, version);
    F(Capability, Capabilities, v4l2_capability, capabilities);
    F(Capability, DeviceCaps, v4l2_capability, device_caps);
    F(Capability, Reserved, v4l2_capability, reserved);

    S(FormatDescription, v4l2_fmtdesc);
    F(FormatDescription, Index, v4l2_fmtdesc, index);
    F(FormatDescription, Type, v4l2_fmtdesc, type);
    F(FormatDescription, Flags, v4l2_fmtdesc, flags);
    F(FormatDescription, Description, v4l2_fmtdesc, description);
    F(FormatDescription, PixelFormat, v4l2_fmtdesc, pixelformat);
    F(FormatDescription, MbusCode, v4l2_fmtdesc, mbus_code);
    F(FormatDescription, Reserved, v4l2_fmtdesc, reserved);

    S(Fraction, v4l2_fract);
    F(Fraction, Numerator, v4l2_fract, numerator);
    F(Fraction, Denominator, v4l2_fract, denominator);

    S(Rect, v4l2_rect);
    F(Rect, Left, v4l2_rect, left);
    F(Rect, Top, v4l2_rect, top);
    F(Rect, Width, v4l2_rect, width);
    F(Rect, Height, v4l2_rect, height);

    S(FrameSizeEntry, v4l2_frmsizeenum);
    F(FrameSizeEntry, Index, v4l2_frmsizeenum, index);
    F(FrameSizeEntry, PixelFormat, v4l2_frmsizeenum, pixel_format);
    F(FrameSizeEntry, Type, v4l2_frmsizeenum, type);
    F(FrameSizeEntry, DiscreteWidth, v4l2_frmsizeenum, discrete.width);
    F(FrameSizeEntry, DiscreteHeight, v4l2_frmsizeenum, discrete.height);
    F(FrameSizeEntry, MinWidth, v4l2_frmsizeenum, stepwise.min_width);
    F(FrameSizeEntry, MaxWidth, v4l2_frmsizeenum, stepwise.max_width);
    F(FrameSizeEntry, StepWidth, v4l2_frmsizeenum, stepwise.step_width);
    F(FrameSizeEntry, MinHeight, v4l2_frmsizeenum, stepwise.min_height);
    F(FrameSizeEntry, MaxHeight, v4l2_frmsizeenum, stepwise.max_height);
    F(FrameSizeEntry, StepHeight, v4l2_frmsizeenum, stepwise.step_height);

    S(FrameIntervalEntry, v4l2_frmivalenum);
    F(FrameIntervalEntry, Index, v4l2_frmivalenum, index);
    F(FrameIntervalEntry, PixelFormat, v4l2_frmivalenum, pixel_format);
    F(FrameIntervalEntry, Width, v4l2_frmivalenum, width);
    F(FrameIntervalEntry, Height, v4l2_frmivalenum, height);
    F(FrameIntervalEntry, Type, v4l2_frmivalenum, type);
    F(FrameIntervalEntry, Min, v4l2_frmivalenum, discrete);
    F(FrameIntervalEntry, Min, v4l2_frmivalenum, stepwise.min);
    F(FrameIntervalEntry, Max, v4l2_frmivalenum, stepwise.max);
    F(FrameIntervalEntry, Step, v4l2_frmivalenum, stepwise.step);

    S(PixFormat, v4l2_pix_format);
    F(PixFormat, Width, v4l2_pix_format, width);
    F(PixFormat, Height, v4l2_pix_format, height);
    F(PixFormat, PixelFormat, v4l2_pix_format, pixelformat);
    F(PixFormat, Field, v4l2_pix_format, field);
    F(PixFormat, BytesPerLine, v4l2_pix_format, bytesperline);
    F(PixFormat, SizeImage, v4l2_pix_format, sizeimage);
    F(PixFormat, Colorspace, v4l2_pix_format, colorspace);
    F(PixFormat, Priv, v4l2_pix_format, priv);
    F(PixFormat, Flags, v4l2_pix_format, flags);
    F(PixFormat, Encoding, v4l2_pix_format, ycbcr_enc);
    F(PixFormat, Quantization, v4l2_pix_format, quantization);
    F(PixFormat, TransferFunction, v4l2_pix_format, xfer_func);

    S(PlanePixFormat, v4l2_plane_pix_format);
    F(PlanePixFormat, SizeImage, v4l2_plane_pix_format, sizeimage);
    F(PlanePixFormat, BytesPerLine, v4l2_plane_pix_format, bytesperline);
    F(PlanePixFormat, Reserved, v4l2_plane_pix_format, reserved);

    S(PixFormatMplane, v4l2_pix_format_mplane);
    F(PixFormatMplane, Width, v4l2_pix_format_mplane, width);
    F(PixFormatMplane, Height, v4l2_pix_format_mplane, height);
    F(PixFormatMplane, PixelFormat, v4l2_pix_format_mplane, pixelformat);
    F(PixFormatMplane, Field, v4l2_pix_format_mplane, field);
    F(PixFormatMplane, Colorspace, v4l2_pix_format_mplane, colorspace);
    F(PixFormatMplane, Planes, v4l2_pix_format_mplane, plane_fmt);
    F(PixFormatMplane, PlaneCount, v4l2_pix_format_mplane, num_planes);
    F(PixFormatMplane, Flags, v4l2_pix_format_mplane, flags);
    F(PixFormatMplane, Encoding, v4l2_pix_format_mplane, ycbcr_enc);
    F(PixFormatMplane, Quantization, v4l2_pix_format_mplane, quantization);
    F(PixFormatMplane, TransferFunction, v4l2_pix_format_mplane, xfer_func);
    F(PixFormatMplane, Reserved, v4l2_pix_format_mplane, reserved);

    S(Format, v4l2_format);
    F(Format, Type, v4l2_format, type);
    F(Format, Pix, v4l2_format, fmt.pix);
    F(Format, PixMplane, v4l2_format, fmt.pix_mp);

    S(CaptureParameters, v4l2_captureparm);
    F(CaptureParameters, Capability, v4l2_captureparm, capability);
    F(CaptureParameters, CaptureMode, v4l2_captureparm, capturemode);
    F(CaptureParameters, TimePerFrame, v4l2_captureparm, timeperframe);
    F(CaptureParameters, ExtendedMode, v4l2_captureparm, extendedmode);
    F(CaptureParameters, ReadBuffers, v4l2_captureparm, readbuffers);
    F(CaptureParameters, Reserved, v4l2_captureparm, reserved);

    S(StreamParameters, v4l2_streamparm);
    F(StreamParameters, Type, v4l2_streamparm, type);
    F(StreamParameters, Capture, v4l2_streamparm, parm.capture);

    S(Selection, v4l2_selection);
    F(Selection, Type, v4l2_selection, type);
    F(Selection, Target, v4l2_selection, target);
    F(Selection, Flags, v4l2_selection, flags);
    F(Selection, Rect, v4l2_selection, r);
    F(Selection, Reserved, v4l2_selection, reserved);

    S(RequestBuffers, v4l2_requestbuffers);
    F(RequestBuffers, Count, v4l2_requestbuffers, count);
    F(RequestBuffers, Type, v4l2_requestbuffers, type);
    F(RequestBuffers, Memory, v4l2_requestbuffers, memory);
    F(RequestBuffers, Capabilities, v4l2_requestbuffers, capabilities);
    F(RequestBuffers, Flags, v4l2_requestbuffers, flags);
    F(RequestBuffers, Reserved, v4l2_requestbuffers, reserved);

    S(Timecode, v4l2_timecode);
    F(Timecode, Type, v4l2_timecode, type);
    F(Timecode, Flags, v4l2_timecode, flags);
    F(Timecode, Rest, v4l2_timecode, frames);

    S(Buffer, v4l2_buffer);
    F(Buffer, Index, v4l2_buffer, index);
    F(Buffer, Type, v4l2_buffer, type);
    F(Buffer, BytesUsed, v4l2_buffer, bytesused);
    F(Buffer, Flags, v4l2_buffer, flags);
    F(Buffer, Field, v4l2_buffer, field);
    F(Buffer, Seconds, v4l2_buffer, timestamp.tv_sec);
    F(Buffer, Microseconds, v4l2_buffer, timestamp.tv_usec);
    F(Buffer, Timecode, v4l2_buffer, timecode);
    F(Buffer, Sequence, v4l2_buffer, sequence);
    F(Buffer, Memory, v4l2_buffer, memory);
    F(Buffer, OffsetOrPlanes, v4l2_buffer, m.offset);
    F(Buffer, OffsetOrPlanes, v4l2_buffer, m.planes);
    F(Buffer, Length, v4l2_buffer, length);
    F(Buffer, Reserved2, v4l2_buffer, reserved2);
    F(Buffer, RequestFd, v4l2_buffer, request_fd);

    S(Plane, v4l2_plane);
    F(Plane, BytesUsed, v4l2_plane, bytesused);
    F(Plane, Length, v4l2_plane, length);
    F(Plane, Offset, v4l2_plane, m.mem_offset);
    F(Plane, DataOffset, v4l2_plane, data_offset);
    F(Plane, Reserved, v4l2_plane, reserved);

    S(EventSubscription, v4l2_event_subscription);
    F(EventSubscription, Type, v4l2_event_subscription, type);
    F(EventSubscription, Id, v4l2_event_subscription, id);
    F(EventSubscription, Flags, v4l2_event_subscription, flags);
    F(EventSubscription, Reserved, v4l2_event_subscription, reserved);

    S(Event, v4l2_event);
    F(Event, Type, v4l2_event, type);
    F(Event, Changes, v4l2_event, u.src_change.changes);
    F(Event, Changes, v4l2_event, u.ctrl.changes);
    F(Event, Data, v4l2_event, u.data);
    F(Event, Pending, v4l2_event, pending);
    F(Event, Sequence, v4l2_event, sequence);
    F(Event, Seconds, v4l2_event, timestamp.tv_sec);
    F(Event, Nanoseconds, v4l2_event, timestamp.tv_nsec);
    F(Event, Id, v4l2_event, id);

    R(QueryCap, VIDIOC_QUERYCAP);
    R(EnumFmt, VIDIOC_ENUM_FMT);
    R(GetFmt, VIDIOC_G_FMT);
    R(SetFmt, VIDIOC_S_FMT);
    R(TryFmt, VIDIOC_TRY_FMT);
    R(ReqBufs, VIDIOC_REQBUFS);
    R(QueryBuf, VIDIOC_QUERYBUF);
    R(QBuf, VIDIOC_QBUF);
    R(DqBuf, VIDIOC_DQBUF);
    R(StreamOn, VIDIOC_STREAMON);
    R(StreamOff, VIDIOC_STREAMOFF);
    R(GetParm, VIDIOC_G_PARM);
    R(SetParm, VIDIOC_S_PARM);
    R(GetInput, VIDIOC_G_INPUT);
    R(EnumFrameSizes, VIDIOC_ENUM_FRAMESIZES);
    R(EnumFrameIntervals, VIDIOC_ENUM_FRAMEINTERVALS);
    R(DqEvent, VIDIOC_DQEVENT);
    R(SubscribeEvent, VIDIOC_SUBSCRIBE_EVENT);
    R(GetSelection, VIDIOC_G_SELECTION);
    R(SetSelection, VIDIOC_S_SELECTION);
    return 0;
}
