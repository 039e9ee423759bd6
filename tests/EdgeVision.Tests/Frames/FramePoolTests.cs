using CsCheck;
using EdgeVision.Frames;
using EdgeVision.Tests.Doubles;

namespace EdgeVision.Tests.Frames;

public sealed class FramePoolTests
{
    [Fact]
    public void Steady_capture_allocates_no_buffers()
    {
        var pool = new FramePool();
        for (var i = 0; i < 3; i++) Rent(pool);     // a small request may take the large buffer once; then both are large
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 100; i++) Rent(pool);
        }));
        Assert.Equal(0, pool.Rented);

        static void Rent(FramePool pool)
        {
            var (compressed, decoded) = (pool.Rent(36_000), pool.Rent(640 * 480 * 4));
            compressed.Return();
            decoded.Return();
        }
    }

    [Fact]
    public void Buffers_on_loan_are_never_shared()
    {
        var pool = new FramePool();
        var buffers = Enumerable.Range(0, 20).Select(_ => pool.Rent(100)).ToArray();
        for (byte i = 0; i < buffers.Length; i++) buffers[i].Memory.Span.Fill(i);

        for (byte i = 0; i < buffers.Length; i++) Assert.Equal(i, buffers[i].Memory.Span[50]);
        foreach (var buffer in buffers) buffer.Return();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task Threads_never_share_a_buffer()
    {
        var pool = new FramePool();
        var stopping = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(1, 4).Select(id => Task.Run(
            () =>
            {
                for (var i = 0; i < 20_000; i++)
                {
                    var buffer = pool.Rent(64);
                    var bytes = buffer.Memory.Span[..64];
                    bytes.Fill((byte)id);
                    Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)id));
                    buffer.Return();
                }
            },
            stopping)));

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void A_pool_that_retains_nothing_makes_a_new_buffer_each_time()
    {
        var pool = new FramePool(retained: 0);
        var first = pool.Rent(10);
        first.Return();
        var second = pool.Rent(10);

        Assert.NotSame(first, second);
        second.Return();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Buffers_of_a_resolution_that_is_gone_are_let_go()
    {
        var pool = new FramePool(retained: 2);
        var small = new[] { pool.Rent(10), pool.Rent(10) };
        foreach (var buffer in small) buffer.Return();

        // Each large one that is allocated takes the place of a small one.
        var large = new[] { pool.Rent(1 << 20), pool.Rent(1 << 20) };
        foreach (var buffer in large) buffer.Return();
        var again = new[] { pool.Rent(10), pool.Rent(10) };

        Assert.Equal(large.ToHashSet(), again.ToHashSet());
        foreach (var buffer in again) buffer.Return();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void No_more_than_the_retained_buffers_stay()
    {
        var pool = new FramePool(retained: 1);
        var first = pool.Rent(10);
        var second = pool.Rent(10);
        first.Return();
        second.Return();

        var third = pool.Rent(10);
        var fourth = pool.Rent(10);

        Assert.Same(first, third);
        Assert.NotSame(second, fourth);
        third.Return();
        fourth.Return();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void A_negative_size_is_refused_and_not_counted()
    {
        var pool = new FramePool();

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(-1));
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Any_order_of_renting_and_returning_gives_large_enough_buffers() =>
        Gen.Select(Gen.Int[0, 300_000], Gen.Int[0, 7]).Array[1, 60].Sample(
            steps =>
            {
                var pool = new FramePool();
                var held = new List<FrameBuffer>();
                foreach (var (bytes, which) in steps)
                {
                    if (which < held.Count)
                    {
                        held[which].Return();
                        held.RemoveAt(which);
                    }

                    held.Add(pool.Rent(bytes));
                    Assert.True(held[^1].Memory.Length >= bytes);
                    Assert.Equal(held.Count, pool.Rented);
                }

                Assert.Equal(held.Count, held.Distinct().Count());
                held.ForEach(buffer => buffer.Return());
                Assert.Equal(0, pool.Rented);
            },
            iter: 300);

    [Fact]
    public void The_smallest_buffer_that_is_large_enough_is_lent()
    {
        var pool = new FramePool();
        var (large, small) = (pool.Rent(2_000_000), pool.Rent(50_000));
        large.Return();
        small.Return();

        Assert.Same(small, pool.Rent(40_000));
        small.Return();
        Assert.Same(large, pool.Rent(1_000_000));
        large.Return();
        Assert.Equal(0, pool.Rented);
    }
}
