using CsCheck;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class OnnxHeaderTests
{
    private static readonly byte[] Good = OnnxBytes.Model(
        [OnnxBytes.Value("images float32 [batch,3,640,?]"), OnnxBytes.Value("conv.weight float32 [16,3,3,3]")],
        [OnnxBytes.Value("output0 float16 [1,84,8400]"), OnnxBytes.Value("num int64")],
        [("names", "{0: 'cat'}"), ("author", "me")],
        OnnxBytes.Initialiser("conv.weight", 100_000), OnnxBytes.Initialiser("conv.bias", 8));

    [Fact]
    public void A_header_is_read_past_the_weights()
    {
        var header = OnnxBytes.Read(Good);
        Assert.Equal((8L, "pytorch 2.5.1", 1), (header.IrVersion, header.Producer, header.Nodes));
        Assert.Equal(17, header.Opset);
        Assert.Equal(1, header.Opsets["com.microsoft"]);
        Assert.Equal("{0: 'cat'}", header.Metadata["names"]);
        Assert.Equal(["output0 float16 [1,84,8400]", "num int64"], header.Outputs.Select(static o => o.ToString()));
        Assert.Null(header.ExternalData);
    }

    [Fact]
    public void Weights_that_old_exporters_list_as_inputs_are_none()
    {
        var input = Assert.Single(OnnxBytes.Read(Good).Inputs);
        Assert.Equal("images float32 [batch,3,640,?]", input.ToString());
        Assert.Equal((null, 3L, 640L, null), (input.Size(0), input.Size(1), input.Size(2), input.Size(3)));
    }

    [Fact]
    public void Weights_are_stepped_over_and_not_read()
    {
        using var counting = new CountingStream(Good);
        OnnxHeader.Read(counting, "test.onnx");
        Assert.InRange(counting.BytesRead, 1, 20_000);
    }

    [Fact]
    public void Weights_in_another_file_are_named_and_refused()
    {
        var header = OnnxBytes.Read(OnnxBytes.Model([OnnxBytes.Value("x float32 [1]")], [OnnxBytes.Value("y float32 [1]")], [], OnnxBytes.ExternalInitialiser("w", "../../etc/passwd")));
        Assert.Equal("../../etc/passwd", header.ExternalData);
        Assert.Contains("keeps weights in another file, '../../etc/passwd'", Assert.Throws<ModelException>(() => header.RefuseExternalData("a.onnx")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_in_names_do_not_reach_a_terminal() =>
        Assert.Equal("a\uFFFD[31mb", OnnxBytes.Read(OnnxBytes.Model([OnnxBytes.Value("x float32 [1]")], [[.. OnnxBytes.Text(1, "a\u001b[31mb")]], [])).Outputs[0].Name);

    public static TheoryData<string, byte[], string> NoModels => new()
    {
        { "nothing", [], "it is empty" },
        { "an LFS pointer", "version https://git-lfs.github.com/spec/v1\noid"u8.ToArray(), "run git lfs pull" },
        { "PyTorch's zip", [.. "PK\u0003\u0004"u8, .. new byte[40]], "as PyTorch's .pt" },
        { "TensorFlow Lite", [0x1c, 0, 0, 0, .. "TFL3"u8, .. new byte[40]], "TensorFlow Lite" },
        { "ncnn", "7767517\n75 83\n"u8.ToArray(), "ncnn" },
        { "a web page", "<!DOCTYPE html><html>"u8.ToArray(), "it is text" },
        { "a graph without outputs", [.. OnnxBytes.Number(1, 8), .. OnnxBytes.Bytes(7, OnnxBytes.Text(2, "g"))], "it holds no graph with outputs" },
        { "no graph", OnnxBytes.Number(1, 8), "it holds no graph" },
        { "field 0", [0x02, 0x00], "a field without a valid number" },
        { "a wire type of old", [0x0b], "a field of wire type 3" },
        { "a number without an end", [0x08, .. Enumerable.Repeat((byte)0x80, 20)], "a number of more than 10 bytes" },
        { "a graph longer than the file", [0x3a, 0xff, 0xff, 0xff, 0xff, 0x07], "a field of 2147483647 bytes where 0 are left" },
        { "a length beyond all", [0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], "bytes where 0 are left" },
        { "metadata without an end", OnnxBytes.Model("x float32 [1]", ["y float32 [1]"], [.. Enumerable.Range(0, 1001).Select(static i => ($"k{i}", "v"))]), "more metadata than a model has" },
        { "a name without an end", OnnxBytes.Model($"{new string('x', 1001)} float32 [1]", ["y float32 [1]"]), "a text or shape of 1001 bytes" },
        { "a shape without an end", OnnxBytes.Model($"x float32 [{string.Join(',', Enumerable.Repeat(1, 33))}]", ["y float32 [1]"]), "more than 32 dimensions" },
    };

    [Theory]
    [MemberData(nameof(NoModels))]
    public void What_is_no_model_is_named(string name, byte[] bytes, string expected)
    {
        Assert.NotEmpty(name);
        var message = Assert.Throws<ModelException>(() => OnnxBytes.Read(bytes)).Message;
        Assert.StartsWith("'test.onnx' is no ONNX model, or is cut off or changed (", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_off_anywhere_it_is_refused_or_shorter_and_never_crashes()
    {
        for (var length = 0; length < Good.Length; length += length < 300 || length > Good.Length - 300 ? 1 : 997) Survive(Good[..length]);
    }

    [Fact]
    public void Random_bytes_never_crash() => Gen.Byte.Array[0, 300].Sample(Survive, iter: 20_000);

    [Fact]
    public void A_mutated_file_never_crashes()
    {
        var small = OnnxBytes.Model("images float32 [batch,3,640,640]", ["output0 float32 [1,84,8400]"], ("names", "{0: 'cat'}"), ("imgsz", "[640, 640]"));
        Gen.Select(Gen.Int[0, small.Length - 1], Gen.Byte).Array[1, 5].Sample(mutations =>
        {
            var bytes = (byte[])small.Clone();
            foreach (var (at, value) in mutations) bytes[at] = value;
            Survive(bytes);
        }, iter: 20_000);
    }

    private static void Survive(byte[] bytes)
    {
        try
        {
            var header = OnnxBytes.Read(bytes);
            Assert.NotEmpty(header.Outputs);
            Assert.All(header.Inputs.Concat(header.Outputs), static v => Assert.DoesNotContain(v.ToString(), char.IsControl));
        }
        catch (ModelException e)
        {
            Assert.DoesNotContain(e.Message, char.IsControl);
        }
    }

    /// <summary>Knows how much of it was looked at.</summary>
    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var read = base.Read(buffer);
            BytesRead += read;
            return read;
        }
    }
}
