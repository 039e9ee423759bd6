using CsCheck;
using EdgeVision.Delivery;

namespace EdgeVision.Tests.Delivery;

public sealed class RetryScheduleTests
{
    [Fact]
    public void Waits_lie_between_the_floor_and_a_ceiling_that_doubles_up_to_the_cap() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 100_000], Gen.Int[0, 1000], Gen.Int[1, 80]).Sample((min, more, seed, failures) =>
        {
            var schedule = new RetrySchedule(TimeSpan.FromMilliseconds(min), TimeSpan.FromMilliseconds(min + more), new Random(seed));
            for (var n = 1; n <= failures; n++)
            {
                var wait = schedule.Next().TotalMilliseconds;
                Assert.Equal(n, schedule.Attempts);
                Assert.InRange(wait, min, Math.Min(min + more, min * Math.Pow(2, n)));
            }
        });

    [Fact]
    public void Waits_are_spread_so_that_a_fleet_does_not_come_back_in_step()
    {
        var waits = Enumerable.Range(0, 1000).Select(seed =>
        {
            var schedule = new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(61), new Random(seed));
            for (var i = 0; i < 20; i++) schedule.Next();
            return schedule.Next().TotalSeconds;
        }).ToList();
        Assert.InRange(waits.Average(), 29, 33);
        Assert.InRange(waits.Count(w => w < 16), 200, 300); // a quarter of them in the first quarter
    }

    [Fact]
    public void A_success_begins_the_schedule_anew()
    {
        var schedule = new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), new Random(1));
        for (var i = 0; i < 10; i++) schedule.Next();
        schedule.Reset();
        Assert.Equal(0, schedule.Attempts);
        Assert.InRange(schedule.Next().TotalSeconds, 1, 2);
    }

    [Fact]
    public void A_schedule_without_a_floor_or_with_a_cap_below_it_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetrySchedule(TimeSpan.Zero, TimeSpan.FromSeconds(1), new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetrySchedule(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), new Random(1)));
    }
}
