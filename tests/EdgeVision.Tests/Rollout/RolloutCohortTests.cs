using EdgeVision.Configuration;
using EdgeVision.Rollout;

namespace EdgeVision.Tests.Rollout;

public sealed class RolloutCohortTests
{
    private static readonly RolloutOptions Options = OptionsReader.Defaults(RolloutOptions.Read) with { Source = "https://models/next.evmodel" };

    [Fact]
    public void A_share_of_the_nodes_takes_part_and_who_does_at_1_percent_does_at_10_and_100()
    {
        var nodes = Enumerable.Range(0, 10_000).Select(static i => $"press-{i}").ToList();
        List<string> At(double percent) => [.. nodes.Where(n => RolloutCohort.WhyNot(Options with { Percent = percent }, n, null) is null)];
        var (one, ten, all) = (At(1), At(10), At(100));

        Assert.InRange(one.Count, 60, 140);
        Assert.InRange(ten.Count, 900, 1100);
        Assert.Equal(nodes.Count, all.Count);
        Assert.Empty(At(0));
        Assert.Subset(ten.ToHashSet(), one.ToHashSet());
    }

    [Fact]
    public void Another_target_draws_other_nodes_first()
    {
        var nodes = Enumerable.Range(0, 2000).Select(static i => $"press-{i}").ToList();
        var (one, other) = (Options with { Percent = 10 }, Options with { Percent = 10, Source = "https://models/other.evmodel" });
        var both = nodes.Count(n => RolloutCohort.WhyNot(one, n, null) is null && RolloutCohort.WhyNot(other, n, null) is null);
        Assert.InRange(both, 5, 45);
    }

    [Fact]
    public void A_place_is_the_same_in_every_version()
    {
        // Computed with: printf 'press-4\nnanodet@2.0' | sha256sum; the first 8 hex digits / 2^32 × 100.
        Assert.Equal(PlaceOfPress4, RolloutCohort.PlaceOf("press-4", "nanodet@2.0"), 6);
    }

    [Fact]
    public void Rings_take_what_is_meant_for_them()
    {
        var forCanaries = Options with { Rings = ["canary", "lab"] };
        Assert.Null(RolloutCohort.WhyNot(forCanaries, "press-4", "Canary"));
        Assert.Contains("'shops'", RolloutCohort.WhyNot(forCanaries, "press-4", "shops"), StringComparison.Ordinal);
        Assert.Contains("no Ring", RolloutCohort.WhyNot(forCanaries, "press-4", null), StringComparison.Ordinal);
    }

    /// <summary>Source, sum, name in events.</summary>
    public static TheoryData<string, string?, string> Names => new()
    {
        { "https://store.example/models/a.evmodel?sig=SECRET", null, "https://store.example/models/a.evmodel" },
        { "https://user:SECRET@store.example:8443/a.evmodel#x", null, "https://store.example:8443/a.evmodel" },
        { "nanodet@2.0", null, "nanodet@2.0" },
        { "/srv/models/a.evmodel", "AB", "/srv/models/a.evmodel#ab" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_target_is_named_without_its_secrets(string source, string? sum, string name) => Assert.Equal(name, (Options with { Source = source, Sha256 = sum }).Target);

    private const double PlaceOfPress4 = 32.18944433610886;
}
