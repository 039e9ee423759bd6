using CsCheck;
using EdgeVision.Events;

namespace EdgeVision.Tests.Events;

public sealed class EntityNameTests
{
    public static TheoryData<string, string?> Names => new()
    {
        { "door", null },
        { "Line-2_cam.left:a", null },
        { "", "has 0 characters; use 1 to 128" },
        { new string('a', 129), "has 129 characters; use 1 to 128" },
        { "a/b", "holds '/'; it becomes part of MQTT topics, use letters, digits and - _ . :" },
        { "a b", "holds ' '; it becomes part of MQTT topics, use letters, digits and - _ . :" },
        { "$SYS", "holds '$'; it becomes part of MQTT topics, use letters, digits and - _ . :" },
        { "über", "holds 'ü'; it becomes part of MQTT topics, use letters, digits and - _ . :" },
        { "Status", "is reserved for topics of the node; choose another" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_are_checked_for_what_topics_give_a_meaning(string name, string? wrong) => Assert.Equal(wrong, EntityName.Check(name));

    [Fact]
    public void A_sanitised_name_is_always_valid() => Gen.String[0, 200].Sample(name => Assert.Null(EntityName.Check(EntityName.Sanitise(name))));
}
