using CsCheck;
using EdgeVision.Inference;
using EdgeVision.Motion;

namespace EdgeVision.Tests.Motion;

public sealed class MotionBackgroundTests
{
    [Fact]
    public void Vectors_agree_with_the_scalar_version_to_the_last_bit()
    {
        var cases = Gen.Select(Gen.Int[1, 70], Gen.Float[1, 100], Gen.Int[0, 60], Gen.Int);
        cases.Sample(static c =>
        {
            var (count, threshold, noise, seed) = c;
            var (plain, vectors) = (new MotionBackground(threshold, VectorWidth.None), new MotionBackground(threshold, VectorWidth.Bits128));
            var random = new Random(seed);
            var cells = new float[count];
            Fill();
            plain.Restart(cells);
            vectors.Restart(cells);
            for (var frame = 0; frame < 30; frame++)
            {
                Fill();
                var elapsed = TimeSpan.FromMilliseconds(random.Next(0, 500));
                Assert.Equal(plain.Compare(cells, elapsed), vectors.Compare(cells, elapsed));
                Assert.Equal(plain.Means, vectors.Means);
                Assert.Equal(plain.Noise, vectors.Noise);
            }

            void Fill()
            {
                for (var i = 0; i < count; i++) cells[i] = Math.Clamp(100 + (noise * (random.NextSingle() - 0.5f)) + (random.Next(10) == 0 ? 80 : 0), 0, 255);
            }
        }, iter: 500);
    }

    [Fact]
    public void No_time_teaches_nothing()
    {
        var background = new MotionBackground(8);
        background.Restart([100, 100, 100, 100, 100]);

        background.Compare([104, 100, 100, 200, 100], TimeSpan.Zero);

        Assert.Equal([100, 100, 100, 100, 100], background.Means);
        Assert.Equal([0, 0, 0, 0, 0], background.Noise);
    }

    [Fact]
    public void However_long_the_gap_a_cell_never_overshoots()
    {
        var background = new MotionBackground(8);
        background.Restart([100, 100, 100]);

        Assert.Equal(1 / 3f, background.Compare([104, 200, 100], TimeSpan.FromDays(1)));

        Assert.InRange(background.Means[0], 103.9f, 104);
        Assert.InRange(background.Means[1], 199.9f, 200);
    }

    [Fact]
    public void A_cell_that_trembles_asks_for_more_than_one_that_does_not()
    {
        var background = new MotionBackground(4);
        background.Restart([100, 100, 100]);
        for (var i = 0; i < 200; i++) background.Compare([100 + (i % 2 == 0 ? 3 : -3), 100, 100], TimeSpan.FromMilliseconds(100));

        // 10 above: more than the threshold of 4, less than five times a deviation of 3.
        Assert.Equal(0, background.Compare([109, 100, 100], TimeSpan.FromMilliseconds(100)));
        Assert.Equal(1 / 3f, background.Compare([100, 109, 100], TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void Noise_never_asks_for_more_than_four_times_the_threshold()
    {
        var background = new MotionBackground(4);
        background.Restart([100, 100, 100]);
        for (var i = 0; i < 3000; i++) background.Compare([100 + (i % 2 == 0 ? 15 : -15), 100, 100], TimeSpan.FromMilliseconds(100));

        Assert.Equal(0, background.Compare([background.Means[0] + 15, 100, 100], TimeSpan.FromMilliseconds(100)));
        Assert.Equal(1 / 3f, background.Compare([background.Means[0] + 17, 100, 100], TimeSpan.FromMilliseconds(100)));
    }
}
