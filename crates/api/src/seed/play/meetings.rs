//! A year of monthly meetings: what came up before each, what was agreed in it, and what came of that.

use domain::action::{self, Action, Complete, Description, Owner};
use domain::agenda::{AgendaItem, Reason, Treat};
use domain::calendar::start_of_day;
use domain::case::{CloseReason, Open};
use domain::change::{Outcome, Stamp};
use domain::consultation::FunctionCode;
use domain::decision::{self, Decision, DecisionKind, Taken};
use domain::follow_up::{Accept, Answer, Create, FollowUpRequest, MaySay, Receive, Side, Urgency};
use domain::id::MeetingId;
use domain::meeting::{Attendance, AttendanceState, Meeting, Presence, RecordAttendances, Status};
use domain::meeting_series::{self, MeetingSeries, Plan};
use domain::note::Visibility;
use domain::planning::{Recurrence, Rhythm};
use domain::report::{Comment, Report};
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use persistence::{AnyConnection, Transaction, actions, agenda, follow_ups, meetings, reports};

use super::request::clockwork;
use super::{Scene, World, changed, missing, text};
use crate::seed::story::months::{MONTHS, MonthStory};
use crate::seed::story::{Body, CASE, CaseStep, CaseStory, Who};
use crate::seed::timeline::{Act, Move};
use crate::seed::{SeedError, everything};
use crate::work::Refusal;

/// Where the consultation meets.
const PLACE: &str = "Administratief centrum, zaal Dender";

/// A step before, in or after a meeting; the number is that of the meeting, the earliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::seed) enum MeetingStep {
    /// A guard signals what comes up.
    Signal,
    /// The proposal becomes the agenda.
    Adopt,
    /// It opens; the report of the one before is approved, its case looked at.
    Start,
    /// The police write down what they keep to themselves.
    PoliceNote,
    /// Its items are dealt with and decisions taken.
    Treat,
    /// It closes.
    Finish,
    /// The service confirms receipt and takes the request on.
    Accept,
    /// Its report circulates.
    Circulate,
    /// A member comments on the report.
    Comment,
    /// The service answers.
    Answer,
    /// The action is done.
    Complete,
}

/// What came of a meeting so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Agreed {
    request: Option<FollowUpRequest>,
    action: Option<Action>,
}

impl Agreed {
    /// Reads anew what the rules may have told an event of.
    pub(super) fn catch_up(&mut self, connection: &mut AnyConnection) -> Result<(), SeedError> {
        if let Some(request) = &mut self.request
            && let Some((found, _)) = follow_ups::find(connection, &everything(), request.id)?
        {
            *request = found;
        }
        if let Some(action) = &mut self.action
            && let Some(found) = actions::find(connection, &everything(), action.id)?
        {
            *action = found;
        }
        Ok(())
    }
}

/// Agrees on the series, plans the meetings of the year before today and the three months after it, and gives them.
pub(super) fn plan(
    scene: &Scene<'_>,
    transaction: &mut Transaction<'_>,
) -> Result<Vec<MeetingId>, SeedError> {
    let (consultation_id, _) = scene.body(Body::Kro)?;
    let first = scene.today.saturating_sub(366.days());
    let recurrence = Recurrence::parse("FREQ=MONTHLY;BYDAY=2TU");
    let recurrence = recurrence.map_err(|fault| SeedError::Story(format!("no recurrence: {fault:?}")))?;
    let command = meeting_series::Create {
        id: transaction.new_id().into(),
        consultation_id,
        host_organisation_id: scene.organisation(crate::seed::Org::City)?,
        rhythm: Rhythm { recurrence, starts: first.to_datetime(time(13, 0, 0, 0)), minutes: 240 },
        place: Some(text(PLACE)?),
    };
    let series = MeetingSeries::create(command, &transaction.stamp());
    transaction.save(&series)?;
    let until = scene.today.saturating_add(92.days());
    let planned = series.state.clone().plan(&Plan { until }, &transaction.stamp());
    let planned = changed(planned.map_err(|error| SeedError::Story(error.to_string()))?)?;
    let meetings = crate::meeting_series::plan(&series.state, until, &scene.reference, transaction)?;
    transaction.save(&planned)?;
    Ok(meetings)
}

/// Lays the steps of the meetings out that have happened before now.
pub(super) fn moves(meetings: &[Meeting], now: Timestamp) -> Vec<Move> {
    let mut moves = Vec::new();
    for (number, meeting) in meetings.iter().enumerate() {
        let story = MONTHS.get(number);
        let day = |days: i64, minutes: i64| {
            let date = domain::calendar::local_date(meeting.starts_at).saturating_add(days.days());
            start_of_day(date).checked_add(SignedDuration::from_mins(minutes)).unwrap_or(now)
        };
        let (start, end) = (meeting.starts_at, meeting.ends_at);
        let later = |minutes: i64| start.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
        let mut add = |at: Timestamp, who: Who, step: MeetingStep| {
            // A meeting that is not over is not begun either.
            if at < now && (at < start || end < now) {
                moves.push(Move { at, who, act: Act::Meeting(number, step) });
            }
        };
        add(day(-7, 11 * 60), Who::Manager, MeetingStep::Adopt);
        add(start, Who::Manager, MeetingStep::Start);
        add(later(120), Who::Manager, MeetingStep::Treat);
        add(end, Who::Manager, MeetingStep::Finish);
        add(day(3, 16 * 60), Who::Manager, MeetingStep::Circulate);
        if number % 3 == 1 {
            add(day(6, 10 * 60), Who::Guard, MeetingStep::Comment);
        }
        let Some(story) = story else { continue };
        add(day(-9, 14 * 60), Who::Guard, MeetingStep::Signal);
        if story.police_note.is_some() {
            add(later(60), Who::Police, MeetingStep::PoliceNote);
        }
        add(day(2, 9 * 60), Who::Asked(story.asked), MeetingStep::Accept);
        add(day(story.answered_after, 11 * 60), Who::Asked(story.asked), MeetingStep::Answer);
        add(day(story.done_after, 15 * 60), Who::Manager, MeetingStep::Complete);
    }
    moves
}

impl World {
    /// Takes a step of a meeting.
    pub(super) fn take_meeting(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        (number, step): (usize, MeetingStep),
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let id = self.meetings.get(number).copied().ok_or_else(|| missing("meeting", &number.to_string()))?;
        let meeting = meetings::find(transaction.connection(), &everything(), id)?;
        let meeting = meeting.ok_or_else(|| missing("meeting", &number.to_string()))?;
        let story = MONTHS.get(number);
        match (step, story) {
            (MeetingStep::Signal, Some(story)) => self.signal(scene, transaction, story, stamp),
            (MeetingStep::Adopt, _) => crate::agenda::take_over(transaction, meeting, &scene.reference)
                .map(drop)
                .map_err(SeedError::from),
            (MeetingStep::Start, _) => self.start(scene, transaction, meeting, number, stamp),
            (MeetingStep::PoliceNote, Some(story)) => {
                let words = story.police_note.unwrap_or_default();
                let note = CaseStep::Note(Who::Police, Visibility::PoliceOnly, words);
                self.take_case(scene, transaction, story.key, &note, stamp)
            }
            (MeetingStep::Treat, _) => self.treat(scene, transaction, &meeting, number, stamp),
            (MeetingStep::Finish, _) => {
                crate::meetings::carry_over(transaction, id)?;
                save(transaction, meeting.finish(stamp))
            }
            (MeetingStep::Accept, Some(_)) => self.accept(transaction, number, stamp),
            (MeetingStep::Answer, Some(story)) => self.answer(scene, transaction, number, story, stamp),
            (MeetingStep::Complete, Some(story)) => self.complete(transaction, number, story, stamp),
            (MeetingStep::Circulate, _) => {
                let report = report_of(transaction, id)?;
                let material = reports::material(transaction.connection(), meeting, Visibility::ALL)?;
                let renditions = crate::reports::write_down(&material, &scene.reference, stamp.at)
                    .map_err(Refusal::from)?;
                save(transaction, report.circulate(Status::Held, renditions, stamp))
            }
            (MeetingStep::Comment, _) => {
                let report = report_of(transaction, id)?;
                let comment = Comment {
                    id: transaction.new_id().into(),
                    report_id: report.id,
                    circulation: report.circulation,
                    agenda_item_id: None,
                    text: text("De uren van het toezicht kloppen, akkoord met het verslag.")?,
                    created_at: stamp.at,
                    created_by: stamp.by.clone(),
                };
                Ok(reports::add_comment(transaction, &report, &comment)?)
            }
            (_, None) => Ok(()),
        }
    }

    fn signal(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        story: &MonthStory,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let case = CaseStory {
            key: story.key,
            category: story.category,
            title: story.title,
            text: story.text,
            place: story.place,
            severity: [1, 1, 1, 1, 2],
            ..CASE
        };
        self.write_case(scene, transaction, &case, stamp)
    }

    /// Opens the meeting; looks at what the one before agreed on, and approves its report.
    fn start(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        meeting: Meeting,
        number: usize,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let started = changed(meeting.start(stamp).map_err(refused)?)?;
        transaction.save(&started)?;
        crate::meetings::begin_report(transaction, &started.state)?;
        let attendances = scene.attendances(number)?;
        let opened = started.state.clone();
        save(transaction, started.state.record_attendances(&RecordAttendances { attendances }, stamp))?;
        let before = number.checked_sub(1).and_then(|before| self.meetings.get(before).copied());
        let Some(before) = before else { return Ok(()) };
        let report = report_of(transaction, before)?;
        save(transaction, report.approve(&opened, stamp))?;
        for earlier in number.saturating_sub(2)..number {
            self.look_back(scene, transaction, earlier, stamp)?;
        }
        Ok(())
    }

    /// Verifies the answer to what was asked, and closes the case when nothing is left to do.
    fn look_back(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        number: usize,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let Some(story) = MONTHS.get(number) else { return Ok(()) };
        let agreed = self.agreed.entry(number).or_default();
        let Some(request) = agreed.request.clone() else { return Ok(()) };
        if request.status() == domain::follow_up::Status::Answered {
            let verified = changed(request.verify(&MaySay { text: None }, stamp)?)?;
            transaction.save(&verified)?;
            agreed.request = Some(verified.state);
        }
        let case = self.case(story.key)?.clone();
        let open_requests = follow_ups::count_open(transaction.connection(), case.id)?;
        let open_actions = actions::count_open(transaction.connection(), case.id)?;
        if open_requests + open_actions > 0 || case.status != domain::case::Status::Open {
            return Ok(());
        }
        let words = "Opgevolgd en in orde bevonden in de vergadering.";
        let close = CaseStep::Close(CloseReason::Solved, words);
        self.take_case(scene, transaction, story.key, &close, stamp)
    }

    /// Deals with every item, and takes the decision on what came up.
    fn treat(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        meeting: &Meeting,
        number: usize,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let story = MONTHS.get(number);
        let case_id = story.and_then(|story| self.cases.get(story.key)).map(|case| case.id);
        for item in agenda::load(transaction.connection(), meeting.id)? {
            let own = story.filter(|_| case_id.is_some() && item.case_id == case_id);
            if let Some(story) = own {
                self.decide(scene, transaction, &item, (number, story), stamp)?;
            }
            let words = own.map_or_else(|| said_of(item.reason), |story| story.said);
            let treat = Treat { text: Some(text(words)?) };
            let treated = item.treat(&treat, stamp).map_err(|error| SeedError::Story(error.to_string()))?;
            transaction.save(&changed(treated)?)?;
        }
        Ok(())
    }

    fn decide(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        item: &AgendaItem,
        (number, story): (usize, &MonthStory),
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let case = self.case(story.key)?.clone();
        let lead_organisation_id = scene.organisation(crate::seed::Org::City)?;
        let opened = changed(case.open(&Open { lead_organisation_id }, stamp)?)?;
        transaction.save(&opened)?;
        let case = opened.state;
        let command = decision::Create {
            id: transaction.new_id().into(),
            consultation_id: case.consultation_id,
            taken: Taken::InMeeting { meeting_id: item.meeting_id, agenda_item_id: item.id },
            case_id: Some(case.id),
            kind: DecisionKind::AskService,
            text: text(story.decision)?,
        };
        let decision = Decision::create(command, stamp);
        transaction.save(&decision)?;
        let organisation_id = scene.organisation(story.asked)?;
        let clockwork = clockwork(scene, &case, organisation_id, Urgency::Normal, stamp.at);
        let command = Create {
            id: transaction.new_id().into(),
            consultation_id: case.consultation_id,
            led_by: case.led_by,
            case_id: case.id,
            organisation_id,
            question_kind: story.question_kind,
            urgency: Urgency::Normal,
            subject: text(story.subject)?,
            question: text(story.question)?,
            carries_personal_data: false,
            data_sharing_protocol_id: None,
            decision_id: Some(decision.state.id),
        };
        let request = FollowUpRequest::create_and_send(command, &clockwork, stamp);
        transaction.save(&request)?;
        let (owner, function) = story.owner;
        let due_on = domain::calendar::local_date(stamp.at).saturating_add(28.days());
        let command = action::Create {
            id: transaction.new_id().into(),
            consultation_id: case.consultation_id,
            led_by: case.led_by,
            case_id: Some(case.id),
            decision_id: Some(decision.state.id),
            meeting_id: Some(item.meeting_id),
            description: Description {
                kind: story.action_kind,
                title: text(story.action)?,
                description: None,
                owner: Owner {
                    organisation_id: scene.organisation(owner)?,
                    function: function_of(function)?,
                },
                due_on: Some(due_on),
            },
        };
        let action = Action::create(command, stamp);
        transaction.save(&action)?;
        self.cases.insert(story.key, case);
        self.agreed.insert(number, Agreed { request: Some(request.state), action: Some(action.state) });
        Ok(())
    }

    fn accept(
        &mut self,
        transaction: &mut Transaction<'_>,
        number: usize,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let request = self.request_of(number)?;
        follow_ups::see(transaction, [request.id])?;
        let received = changed(request.receive(&Receive { external_reference: None }, stamp)?)?;
        transaction.save(&received)?;
        let accept = Accept { external_reference: None, planned_on: None };
        let accepted = changed(received.state.accept(&accept, stamp)?)?;
        transaction.save(&accepted)?;
        self.agreed.entry(number).or_default().request = Some(accepted.state);
        Ok(())
    }

    fn answer(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        number: usize,
        story: &MonthStory,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let request = self.request_of(number)?;
        let known_at = request.round().map_or(stamp.at, |round| round.calendar_known_at);
        let calendar = scene.reference.calendar(request.organisation_id, known_at);
        let command = Answer { text: text(story.answer)?, outcome: story.outcome, channel: None };
        let answered = changed(request.answer(&command, Side::Service, &calendar, stamp)?)?;
        transaction.save(&answered)?;
        self.agreed.entry(number).or_default().request = Some(answered.state);
        Ok(())
    }

    fn complete(
        &mut self,
        transaction: &mut Transaction<'_>,
        number: usize,
        story: &MonthStory,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let known =
            self.agreed.get(&number).and_then(|agreed| agreed.action.as_ref()).map(|action| action.id);
        let id = known.ok_or_else(|| missing("action", story.key))?;
        // A meeting may have carried it over since.
        let action = actions::find(transaction.connection(), &everything(), id)?;
        let action = action.ok_or_else(|| missing("action", story.key))?;
        let done = action.complete(&Complete { result: text(story.result)? }, stamp);
        save(transaction, done)
    }

    fn request_of(&self, number: usize) -> Result<FollowUpRequest, SeedError> {
        let agreed = self.agreed.get(&number).and_then(|agreed| agreed.request.clone());
        agreed.ok_or_else(|| missing("request of meeting", &number.to_string()))
    }
}

impl Scene<'_> {
    /// Gives who was there: everybody, but for one person who is excused in turn.
    fn attendances(&self, number: usize) -> Result<Vec<Attendance>, SeedError> {
        let (consultation_id, _) = self.body(Body::Kro)?;
        let consultation = self.reference.consultation(consultation_id);
        let members = consultation.map(|consultation| &consultation.members);
        let members = members.ok_or_else(|| missing("consultation", "KRO"))?;
        let persons = members.iter().flat_map(|member| (0..member.number.get()).map(move |_| member));
        let attendance = |(position, member): (usize, &domain::consultation::Member)| Attendance {
            organisation_id: member.organisation_id,
            function: member.function.clone(),
            state: if position == number % 7 { AttendanceState::Excused } else { AttendanceState::Present },
            presence: Presence::default(),
        };
        Ok(persons.enumerate().map(attendance).collect())
    }
}

/// Says what the meeting says of items that need no decision.
const fn said_of(reason: Reason) -> &'static str {
    match reason {
        Reason::LateRequest => "De dienst wordt herinnerd; de wijkmanager belt de verantwoordelijke.",
        Reason::UnansweredRequest => "Nog binnen de termijn, volgende maand opnieuw te bekijken.",
        Reason::AnsweredRequest => "Antwoord besproken.",
        Reason::OpenAction => "Stand van zaken gegeven door de eigenaar van de actie.",
        Reason::Rule => "Volgens de regels op de agenda gezet; opvolging afgesproken.",
        Reason::InactiveCase => "Dossier blijft open, opnieuw te bekijken.",
        Reason::AftercareDue => "Nazorg besproken, geen nieuwe meldingen.",
        Reason::NewSignal => "Kennis genomen; eerst ter plaatse te bekijken.",
        Reason::ReportToApprove => "Goedgekeurd zonder opmerkingen.",
        Reason::EscalationProposed => "Het overleg beslist of het dossier naar boven gaat.",
        Reason::EscalationReturned => "Advies besproken; wat ontbreekt wordt aangevuld.",
        Reason::EscalationSubmitted => "Te aanvaarden of terug te geven voor de termijn verstrijkt.",
        Reason::EscalationAccepted => "Stand van zaken gegeven; de uitkomst volgt.",
        Reason::EscalationRefused => "Kennis genomen van de reden; het wijkoverleg zoekt zelf verder.",
        Reason::EscalationOutcome => "Uitkomst besproken; het wijkoverleg volgt verder op.",
        Reason::DecisionToRatify | Reason::LeftOver | Reason::Figures | Reason::Member => "Kennis genomen.",
    }
}

fn function_of(code: &str) -> Result<FunctionCode, SeedError> {
    FunctionCode::parse(code).ok_or_else(|| missing("function", code))
}

fn report_of(transaction: &mut Transaction<'_>, meeting: MeetingId) -> Result<Report, SeedError> {
    let report = reports::find(transaction.connection(), &everything(), meeting)?;
    report.ok_or_else(|| missing("report of meeting", &meeting.to_string()))
}

/// Saves what a verb changes.
fn save<A: persistence::Aggregate, E: std::fmt::Display>(
    transaction: &mut Transaction<'_>,
    outcome: Result<Outcome<A, A::Event>, E>,
) -> Result<(), SeedError> {
    let change = changed(outcome.map_err(refused)?)?;
    Ok(transaction.save(&change)?)
}

fn refused(error: impl std::fmt::Display) -> SeedError {
    SeedError::Story(error.to_string())
}

/// A refusal of the API is an error of the story.
impl From<Refusal> for SeedError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => error.into(),
            Refusal::Problem(problem) => Self::Story(problem.to_string()),
        }
    }
}
