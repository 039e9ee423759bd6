using EdgeVision.Configuration;
using EdgeVision.Frames;
using EdgeVision.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Frames;

/// <summary>The one door to a frame's pixels: whoever comes through, the mask is on; and the mask may change while frames flow.</summary>
public sealed class MaskedFrameTests
{
    private static readonly FrameFormat Format = FrameFormat.Packed(PixelFormat.Grey8, 8, 4);

    private readonly FramePool _pool = new();

    [Fact]
    public void Pixels_are_masked_at_the_first_look_and_a_clone_s_too()
    {
        var live = Masks.Live(Masks.Area("0,0 0.5,0 0.5,1 0,1"));
        using (var frame = White(live))
        using (var early = frame.Clone(_pool))
        {
            Assert.Equal(Row("0000WWWW"), early.Pixels[..8]);
            Assert.Equal(Row("0000WWWW"), frame.Pixels[..8]);
            using var late = frame.Clone(_pool);
            Assert.Equal(Row("0000WWWW"), late.Pixels[..8]);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_compressed_picture_with_a_mask_is_sealed_until_it_is_decoded()
    {
        var live = Masks.Live(Masks.Area("0,0 0.5,0 0.5,1 0,1"));
        var frame = Masks.Mounted(_pool, new byte[9], FrameFormat.Jpeg(8, 4), FrameOrientation.Rotated180, live);
        Assert.True(frame.IsSealed);
        Assert.Throws<InvalidOperationException>(() => frame.Pixels.Length);
        Assert.Throws<InvalidOperationException>(() => frame.WritablePixels.Length);
        using (var clone = frame.Clone(_pool))
        {
            Assert.True(clone.IsSealed);
            Assert.Throws<InvalidOperationException>(() => clone.Pixels.Length);
        }

        frame.Become(Whites(), Format, 8, 4);

        Assert.False(frame.IsSealed);
        Assert.Equal(Row("WWWW0000"), frame.Pixels[..8]);
        frame.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_decoded_frame_beside_the_compressed_one_is_masked_and_stays_itself()
    {
        var live = Masks.Live(Masks.Area("0,0 0.5,0 0.5,1 0,1"));
        using (var frame = Masks.Mounted(_pool, new byte[9], FrameFormat.Jpeg(8, 4), FrameOrientation.Mirrored, live))
        using (var decoded = frame.Decoded(Whites(), Format, 8, 4))
        {
            Assert.Equal(Row("WWWW0000"), decoded.Pixels[..8]);
            Assert.Equal((FrameOrientation.Mirrored, frame.Sequence), (decoded.Orientation, decoded.Sequence));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Without_a_mask_compressed_bytes_are_there_to_read()
    {
        using (var frame = Masks.Mounted(_pool, [1, 2, 3], FrameFormat.Jpeg(8, 4), FrameOrientation.Upright, new LivePrivacyMask()))
        {
            Assert.False(frame.IsSealed);
            Assert.Equal<byte>([1, 2, 3], frame.Pixels.ToArray());
        }

        Assert.Equal(0, _pool.Rented);
    }

    /// <summary>A frame that waited in the mailbox while the mask was set must not show what the new one hides.</summary>
    [Fact]
    public void The_mask_of_the_first_look_counts_not_that_of_capture()
    {
        var live = new LivePrivacyMask();
        using (var frame = White(live))
        {
            Assert.Equal(Row("WWWWWWWW"), frame.Pixels[..8]);
            live.Current = PrivacyMask.Of([Masks.Area("0,0 0.5,0 0.5,1 0,1")]);
            Assert.Equal(Row("0000WWWW"), frame.Pixels[..8]);
        }

        live.Current = null;
        using (var frame = White(live)) Assert.Equal(Row("WWWWWWWW"), frame.Pixels[..8]);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Masks_are_exchanged_while_frames_flow()
    {
        var left = PrivacyMask.Of([Masks.Area("0,0 0.5,0 0.5,1 0,1")]);
        var right = PrivacyMask.Of([Masks.Area("0.5,0 1,0 1,1 0.5,1")]);
        var live = new LivePrivacyMask(left);
        using var inner = new ScriptedSource(_pool, new FakeTimeProvider(Some.Moment), frames: 3000, pixels: PixelFormat.Grey8);
        inner.Allow(3001);
        using var source = new MountedSource(inner, FrameOrientation.Upright, live);
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested) live.Current = ReferenceEquals(live.Current, left) ? right : left;
            },
            TestContext.Current.CancellationToken);

        while (source.TryRead(out var frame, TestContext.Current.CancellationToken))
        {
            using (frame)
            {
                // Pixels of the script's buffers are whatever was there before: made white first, by the writer's door.
                frame.WritablePixels.Fill(255);
                var (first, last) = (frame.Pixels[0], frame.Pixels[63]);
                Assert.True((first, last) is (0, 255) or (255, 0), $"frame {frame.Sequence}: {first} and {last}");
            }
        }

        await stop.CancelAsync();
        await swapping.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Many_readers_of_one_frame_see_no_masked_pixel()
    {
        var format = FrameFormat.Packed(PixelFormat.Grey8, 400, 300);
        var live = Masks.Live(Masks.Area("0,0 1,0 1,1 0,1"));
        var white = new byte[format.SizeInBytes];
        white.AsSpan().Fill(255);
        for (var round = 0; round < 200; round++)
        {
            using var frame = Masks.Mounted(_pool, white, format, FrameOrientation.Upright, live);
            var seen = 0;
            Parallel.For(0, 4, _ => Interlocked.Add(ref seen, frame.Pixels.IndexOfAnyExcept((byte)0) + 1));
            Assert.Equal(0, seen);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_source_says_how_it_hangs()
    {
        using var inner = new ScriptedSource(_pool, new FakeTimeProvider(), frames: 1);
        using var plain = new MountedSource(inner, FrameOrientation.Upright, new LivePrivacyMask());
        using var masked = new MountedSource(inner, FrameOrientation.Rotated90, Masks.Live(Masks.Area("0,0 1,0 1,1"), Masks.Area("0,0 1,0 1,1")));
        Assert.Equal(inner.ToString(), plain.ToString());
        Assert.Equal($"{inner}, Rotated90, 2 privacy masks", masked.ToString());
    }

    public static TheoryData<string, string[]> Mistakes => new()
    {
        { """{ "Points": [[0,0],[1,0]] }""", ["EdgeVision:Points: [[0,0],[1,0]] is not a list of 3 to 64 points, each [x, y]."] },
        { """{ }""", ["EdgeVision:Points: is missing; set it."] },
        { """{ "Points": "0,0 1,0 1,2" }""", ["EdgeVision:Points[2]: [\"1\",\"2\"] is not a point of two numbers from 0 to 1, as [0.25, 0.5]."] },
        { """{ "Points": [[0,0],[1,-0.1],[1,1,1],"x"], "Mode": "blur", "BlockShare": 2 }""", ["Points[1]", "Points[2]", "Points[3]", "Mode", "BlockShare"] },
        { """{ "Points": "0,0 0.5 1,1 1,0" }""", ["EdgeVision:Points[1]: '0.5' is not a point of two numbers from 0 to 1, as [0.25, 0.5]."] },
        { """{ "Points": "0,0 0.5,0.5 1,1" }""", ["EdgeVision:Points: the corners lie on one line and enclose nothing; give at least three that do not."] },
        { """{ "Points": 7 }""", ["EdgeVision:Points: 7 is not a list of 3 to 64 points, each [x, y]."] },
        { """{ "Points": [[null,0],[{},0],[[],0]] }""", ["Points[0]", "Points[1]", "Points[2]"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_of_a_mask_are_told_at_once(string json, string[] expected)
    {
        var (_, mistakes) = OptionsReading.Read(Tree(json), PrivacyMaskOptions.Read);
        Assert.Equal(expected.Length, mistakes.Count);
        foreach (var (text, mistake) in expected.Zip(mistakes)) Assert.Contains(text, mistake.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Points_are_a_list_or_a_text()
    {
        foreach (var json in new[] { """{ "Points": [[0,0.5],[1,"0.25"],[0.5,1]] }""", """{ "Points": " 0,0.5 1,0.25;0.5,1 " }""" })
        {
            var (mask, mistakes) = OptionsReading.Read(Tree(json), PrivacyMaskOptions.Read);
            Assert.Empty(mistakes);
            Assert.Equal([new(0, 0.5f), new(1, 0.25f), new(0.5f, 1)], mask.Area.Corners);
            Assert.Equal((PrivacyMaskMode.Black, 0.04), (mask.Mode, mask.BlockShare));
        }
    }

    private static ConfigurationTree Tree(string json) => ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "test", "/", out _)!;

    private Frame White(LivePrivacyMask live)
    {
        var frame = new Frame(Whites(), Format, Format.SizeInBytes, 5, Some.Moment, 0);
        frame.Mount(FrameOrientation.Upright, live);
        return frame;
    }

    private FrameBuffer Whites()
    {
        var buffer = _pool.Rent(Format.SizeInBytes);
        buffer.Memory.Span.Fill(255);
        return buffer;
    }

    private static byte[] Row(string row) => [.. row.Select(static c => c == '0' ? (byte)0 : (byte)255)];
}
