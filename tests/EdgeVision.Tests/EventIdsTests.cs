using System.Reflection;

namespace EdgeVision.Tests;

public sealed class EventIdsTests
{
    [Fact]
    public void Ids_are_unique()
    {
        var ids = typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (f.Name, Id: (int)f.GetRawConstantValue()!)).ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Count, ids.Select(i => i.Id).Distinct().Count());
    }
}
