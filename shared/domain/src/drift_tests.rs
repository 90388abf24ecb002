use super::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + 60 * minute).unwrap()
}

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

/// Told 7, everything settled, and it shows `live`.
fn told(live: i64) -> FigureLook {
    FigureLook {
        wanted: q(7),
        told: LastTold::This(q(7)),
        live: Some(q(live)),
        looked_at: at(60),
        due_until: None,
        changed_at: Some(at(0)),
        settled_through: Some(at(60)),
        maximum: None,
    }
}

#[test]
fn what_shows_the_right_figure_is_right_whatever_it_was_told() {
    assert_eq!(told(7).class(), None);
    assert_eq!(FigureLook { told: LastTold::Nothing, ..told(7) }.class(), None);
    assert_eq!(FigureLook { live: None, ..told(0) }.class(), None, "told, and nobody looked");
}

#[test]
fn what_was_not_told_is_late_first_and_lost_after_the_time_a_push_may_take() {
    let untold = FigureLook { told: LastTold::Another(q(9)), ..told(9) };
    assert_eq!(untold.class(), Some(DriftCause::MissedUpdate));
    assert_eq!(FigureLook { live: None, ..untold }.class(), Some(DriftCause::MissedUpdate));
    assert_eq!(FigureLook { changed_at: None, ..untold }.class(), Some(DriftCause::MissedUpdate));
    for minute in 0..60 {
        let look = FigureLook { changed_at: Some(at(minute)), ..untold };
        let class = if 60 - minute < 15 { DriftCause::Delayed } else { DriftCause::MissedUpdate };
        assert_eq!(look.class(), Some(class), "{minute}");
    }
    assert_eq!(FigureLook { due_until: Some(at(61)), ..untold }.class(), Some(DriftCause::Delayed));
    assert_eq!(FigureLook { due_until: Some(at(59)), ..untold }.class(), Some(DriftCause::MissedUpdate));
}

#[test]
fn only_what_no_order_can_explain_is_somebody_elses_edit() {
    for live in [0, 5, 8, 900] {
        assert_eq!(told(live).class(), Some(DriftCause::ExternalChange), "{live}");
        let unsettled = FigureLook { settled_through: Some(at(59)), ..told(live) };
        assert_eq!(unsettled.class(), Some(DriftCause::Delayed), "{live}");
        assert_eq!(FigureLook { settled_through: None, ..told(live) }.class(), Some(DriftCause::Delayed), "{live}");
    }
}

#[test]
fn a_cap_and_whole_packs_are_rounding_and_nothing_else_is() {
    assert!(rounds(q(1_234), q(999), Some(q(999))));
    assert!(!rounds(q(1_234), q(998), Some(q(999))));
    for (told, live) in [(23, 12), (29, 20), (250, 200), (5_700, 5_000), (119, 108)] {
        assert!(rounds(q(told), q(live), None), "{told} {live}");
    }
    for (told, live) in [(23, 22), (23, 24), (7, 0), (12, 12), (24, 12), (250, 100), (0, 0)] {
        assert!(!rounds(q(told), q(live), None), "{told} {live}");
    }
    let look = FigureLook { wanted: q(23), told: LastTold::This(q(23)), ..told(12) };
    assert_eq!(look.class(), Some(DriftCause::Rounding));
}

fn found(class: DriftCause) -> DriftFound {
    DriftFound { class, repairable: true, wanted: Some(q(23)), shown: Some(q(12)), words: String::new() }
}

fn case(step: DriftStep) -> DriftCase {
    match step {
        DriftStep::Repair(case) | DriftStep::Settle(case) => case,
        DriftStep::Leave => panic!("left"),
    }
}

#[test]
fn what_comes_back_after_every_repair_ends_with_a_person_and_stays_there() {
    for class in [DriftCause::MissedUpdate, DriftCause::ExternalChange, DriftCause::Mapping, DriftCause::Orders] {
        let mut kept: Option<DriftCase> = None;
        for run in 1..=3 {
            let step = found(class).step(kept.as_ref(), run, at(0));
            assert!(matches!(&step, DriftStep::Repair(case) if u64::from(case.repairs) == run), "{class:?} {run} {step:?}");
            kept = Some(case(step));
            // Found again in the same run: it was dealt with.
            assert_eq!(found(class).step(kept.as_ref(), run, at(0)), DriftStep::Leave);
        }
        kept = Some(case(found(class).step(kept.as_ref(), 4, at(0))));
        assert_eq!(kept.as_ref().unwrap().status, DriftStatus::NeedsAttention);
        assert_eq!(found(class).step(kept.as_ref(), 5, at(0)), DriftStep::Leave, "for ever");
    }
}

#[test]
fn only_repairs_of_runs_that_follow_each_other_are_in_a_row() {
    let kept = case(found(DriftCause::ExternalChange).step(None, 1, at(0)));
    let again = case(found(DriftCause::ExternalChange).step(Some(&kept), 3, at(9)));
    assert_eq!((again.repairs, again.first_at), (1, at(9)), "run 2 found it right");
    let other = case(found(DriftCause::MissedUpdate).step(Some(&kept), 2, at(9)));
    assert_eq!(other.repairs, 1, "another sort of difference is another case");
}

#[test]
fn rounding_is_repaired_once_and_explained_when_it_comes_back_the_same() {
    let first = found(DriftCause::Rounding).step(None, 1, at(0));
    assert!(matches!(first, DriftStep::Repair(_)));
    let kept = case(first);
    let second = case(found(DriftCause::Rounding).step(Some(&kept), 2, at(1)));
    assert_eq!(second.status, DriftStatus::Explained);
    assert_eq!(found(DriftCause::Rounding).step(Some(&second), 3, at(2)), DriftStep::Leave);
    let moved = DriftFound { shown: Some(q(10)), ..found(DriftCause::Rounding) };
    assert!(matches!(moved.step(Some(&kept), 2, at(1)), DriftStep::Repair(_)), "it shows another figure now");
}

#[test]
fn what_only_a_person_can_decide_is_not_tried_and_what_is_on_its_way_is_left() {
    let doubled = DriftFound { repairable: false, ..found(DriftCause::DuplicateUpdate) };
    assert_eq!(case(doubled.step(None, 1, at(0))).status, DriftStatus::NeedsAttention);
    assert_eq!(found(DriftCause::Delayed).step(None, 1, at(0)), DriftStep::Leave);
}

#[test]
fn what_shows_any_figure_and_was_told_none_was_edited_by_nobody() {
    for live in 0..20 {
        let look = FigureLook { told: LastTold::of(None, true), ..told(live) };
        assert_ne!(look.class(), Some(DriftCause::ExternalChange), "{live}");
        assert_ne!(look.class(), Some(DriftCause::Rounding), "{live}");
    }
}
