using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

/// <summary>The colours that YUV values mean, against numbers from the standards' own equations.</summary>
public sealed class PreprocessorColourTests
{
    /// <summary>The primaries at 100 %, rounded to bytes: BT.601-7 section 2.5.3, BT.709-6 section 4.4, JFIF 1.02.</summary>
    public static TheoryData<string, YuvEncoding, byte[], int[]> Primaries => new()
    {
        { "black", YuvEncoding.Bt601Limited, [16, 128, 128], [0, 0, 0] },
        { "white", YuvEncoding.Bt601Limited, [235, 128, 128], [255, 255, 255] },
        { "red", YuvEncoding.Bt601Limited, [81, 90, 240], [255, 0, 0] },
        { "green", YuvEncoding.Bt601Limited, [145, 54, 34], [0, 255, 0] },
        { "blue", YuvEncoding.Bt601Limited, [41, 240, 110], [0, 0, 255] },
        { "below black", YuvEncoding.Bt601Limited, [0, 128, 128], [0, 0, 0] },
        { "above white", YuvEncoding.Bt601Limited, [255, 128, 128], [255, 255, 255] },
        { "red", YuvEncoding.Bt709Limited, [63, 102, 240], [255, 0, 0] },
        { "green", YuvEncoding.Bt709Limited, [173, 42, 26], [0, 255, 0] },
        { "blue", YuvEncoding.Bt709Limited, [32, 240, 118], [0, 0, 255] },
        { "black", YuvEncoding.Bt601Full, [0, 128, 128], [0, 0, 0] },
        { "white", YuvEncoding.Bt601Full, [255, 128, 128], [255, 255, 255] },
        { "red", YuvEncoding.Bt601Full, [76, 85, 255], [255, 0, 0] },
        { "green", YuvEncoding.Bt601Full, [150, 44, 21], [0, 255, 0] },
        { "blue", YuvEncoding.Bt601Full, [29, 255, 107], [0, 0, 255] },
        { "red", YuvEncoding.Bt709Full, [54, 99, 255], [255, 0, 0] },
        { "green", YuvEncoding.Bt709Full, [182, 30, 12], [0, 255, 0] },
        { "blue", YuvEncoding.Bt709Full, [18, 255, 116], [0, 0, 255] },
    };

    [Theory]
    [MemberData(nameof(Primaries))]
    public void Primaries_are_what_the_standards_say_in_every_format(string name, YuvEncoding encoding, byte[] yuv, int[] rgb)
    {
        Assert.NotEmpty(name);
        foreach (var format in YuvFrame.Formats)
        {
            foreach (var order in Enum.GetValues<ColourOrder>())
            {
                // Mean and deviation that give the byte back, by way of negative values: clamping must follow them.
                var input = new ModelInput { Width = 4, Height = 2, Colour = order, Resize = ResizeMode.None, Mean = [128, 64, 32], Std = [2, 4, 8] };
                var frame = FrameFormat.Packed(format, 4, 2, encoding);
                var preprocessor = new Preprocessor(input);
                Assert.True(preprocessor.TryWrite(YuvFrame.Of(frame, (_, _) => (yuv[0], yuv[1], yuv[2])), frame, out _));
                var tensor = preprocessor.Tensor.Floats;
                for (var i = 0; i < tensor.Length; i++)
                {
                    var colour = i / 8;
                    var byteValue = (tensor[i] * input.Std[colour]) + input.Mean[colour];
                    Assert.InRange(byteValue, -0.01f, 255.01f);
                    Assert.Equal(rgb[order == ColourOrder.Rgb ? colour : 2 - colour], byteValue, 1.6f);
                }
            }
        }
    }

    /// <summary>All formats that can hold the picture, whose chroma is the same in each 2 × 2 block, give the same tensor to the last bit.</summary>
    [Theory]
    [InlineData(64, 48)]
    [InlineData(33, 17)]
    [InlineData(7, 5)]
    [InlineData(1, 1)]
    public void One_picture_in_every_yuv_format_is_one_tensor(int width, int height)
    {
        var input = new ModelInput { Width = 20, Height = 20, Colour = ColourOrder.Rgb, Resize = ResizeMode.Letterbox };
        float[]? expected = null;
        foreach (var format in YuvFrame.Formats)
        {
            foreach (var vectors in Enum.GetValues<VectorWidth>())
            {
                var frame = FrameFormat.Packed(format, width, height);
                var preprocessor = new Preprocessor(input, vectors);
                Assert.True(preprocessor.TryWrite(YuvFrame.Of(frame, static (x, y) =>
                    ((byte)((x * 7) + (y * 13)), (byte)((x / 2 * 31) + (y / 2 * 17)), (byte)((x / 2 * 5) + (y / 2 * 43)))), frame, out _));
                expected ??= preprocessor.Tensor.Floats.ToArray();
                Assert.Equal(expected, preprocessor.Tensor.Floats.ToArray());
            }
        }
    }
}
