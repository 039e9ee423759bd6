using System.Runtime.InteropServices;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.IntegrationTests.Imaging;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;
using Box = EdgeVision.Geometry.Box;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>A camera that hangs on its side finds the same people in the same places, in pixels of the upright picture.</summary>
public sealed class TurnedFrameTests
{
    private readonly FramePool _pool = new();

    [Fact]
    public async Task People_are_found_where_they_are_in_the_upright_picture()
    {
        using var model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(1), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System);
        using var picture = PictureFile.Load(Repository.Asset("people/sample3.jpg"), _pool, TimeProvider.System);
        var expected = await DetectAsync(detector, picture);
        Assert.NotEmpty(expected);

        foreach (var orientation in Enum.GetValues<FrameOrientation>())
        {
            var (stored, format) = Store(picture, orientation);

            // As if a JPEG had been decoded at a half and a third.
            using var frame = OneFrameSource.Mounted(_pool, stored, format, orientation).OfSource(format.Width * 2, format.Height * 3);
            var (x, y) = orientation.SwapsSides() ? (3, 2) : (2, 3);
            var found = await DetectAsync(detector, frame);
            Assert.Equal(expected.Length, found.Length);
            foreach (var (should, is_) in expected.Zip(found))
            {
                var box = new Box(is_.Box.Left / x, is_.Box.Top / y, is_.Box.Right / x, is_.Box.Bottom / y);
                Assert.Equal(should.ClassId, is_.ClassId);
                Assert.True(should.Box.IntersectionOverUnion(box) > 0.97f, $"{orientation}: {should.Box} became {box}");
                Assert.Equal(should.Confidence, is_.Confidence, 0.02f);
            }
        }

        picture.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    /// <summary>The picture as a camera would give it that hangs so.</summary>
    private static (byte[] Pixels, FrameFormat Format) Store(Frame upright, FrameOrientation orientation)
    {
        var (width, height) = orientation.Upright(upright.Width, upright.Height);
        var format = FrameFormat.Packed(PixelFormat.Bgra32, width, height);
        var bytes = new byte[format.SizeInBytes];
        var (from, to) = (MemoryMarshal.Cast<byte, uint>(upright.Pixels).ToArray(), new uint[width * height]);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (ux, uy) = orientation switch
                {
                    FrameOrientation.Mirrored => (width - 1 - x, y),
                    FrameOrientation.Rotated180 => (width - 1 - x, height - 1 - y),
                    FrameOrientation.MirroredRotated180 => (x, height - 1 - y),
                    FrameOrientation.MirroredRotated270 => (y, x),
                    FrameOrientation.Rotated90 => (height - 1 - y, x),
                    FrameOrientation.MirroredRotated90 => (height - 1 - y, width - 1 - x),
                    FrameOrientation.Rotated270 => (y, width - 1 - x),
                    _ => (x, y),
                };
                to[(y * width) + x] = from[(uy * upright.Width) + ux];
            }
        }

        MemoryMarshal.AsBytes(to.AsSpan()).CopyTo(bytes);
        return (bytes, format);
    }

    private static async Task<Detection[]> DetectAsync(OnnxDetector detector, Frame frame)
    {
        var found = new DetectionList();
        Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken));
        return found.Span.ToArray();
    }
}
